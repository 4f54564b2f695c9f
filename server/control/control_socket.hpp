// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/udp_socket.hpp"

namespace repute::control {

/// DIR/control.sock: one line in, one line out, in order, over a Unix stream socket of mode 0660.
/// Lines are at most 64 KiB. Of more than 64 sessions the one that has waited longest for a line is
/// closed.
class control_socket {
 public:
  static constexpr std::size_t line_max = 64 << 10;
  static constexpr std::size_t sessions_max = 64;

  /// Must be called once, on the io_context's thread, at any time later.
  using reply_callback = std::function<void(std::string line)>;
  /// Gets a line without its end.
  using handler = std::function<void(std::string_view line, reply_callback reply)>;

  /// Locks the directory for this process and listens. Throws start_failure: exit_running if
  /// another reputed holds the directory, exit_io or exit_no_permission if the socket cannot be
  /// made.
  control_socket(boost::asio::io_context& context, const std::filesystem::path& database,
                 handler on_line);
  ~control_socket();
  control_socket(const control_socket&) = delete;
  control_socket& operator=(const control_socket&) = delete;

 private:
  class acceptor;
  std::filesystem::path path_;
  net::file_descriptor lock_;
  std::shared_ptr<acceptor> acceptor_;
};

}  // namespace repute::control
