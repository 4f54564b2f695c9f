// SPDX-License-Identifier: Apache-2.0
// The shell: sockets, timers, a resolver and completion handlers around core::lookup_core. Decides
// nothing about lookups.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/lookup_core.hpp"
#include "list_keeper.hpp"
#include "repute/client/client.hpp"
#include "server_directory.hpp"
#include "server_sockets.hpp"
#include "trust.hpp"

namespace repute::detail {

/// Lives as long as the client or an operation of the event loop needs it. What is not constant,
/// atomic or behind the mutex is touched on the strand only.
class client_impl : public std::enable_shared_from_this<client_impl> {
 public:
  /// As client::client().
  client_impl(const boost::asio::any_io_executor& executor, const client_options& options);

  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::uint64_t next_id() noexcept { return ++ids_; }

  void open();
  void close();
  void start(operation op);
  void cancel(std::uint64_t id);
  void report(std::unique_ptr<completion<client_report>> handler);

 private:
  using udp = boost::asio::ip::udp;

  // Servers.
  void resolve_configured();
  void take_stored_list();
  void follow_names();
  void resolve_next(std::vector<host_and_port> left);
  void adopt(const core::list_arrived& arrived);
  void replace_servers();
  void open_slot(const core::open_server& opened);
  void close_slot(std::size_t slot);

  // Datagrams.
  void wait_readable(std::size_t slot, std::size_t socket);
  void drain(std::size_t slot, std::size_t socket, int most);
  void drain_all();
  void send(const core::send_datagram& datagram);

  // The core.
  void feed(core::event e);
  void perform(std::span<core::action> actions);
  void perform(core::action& action);
  void complete(core::complete_lookup& done);
  void arm_timer();

  const boost::asio::any_io_executor executor_;
  const ask_permission permission_;
  const std::chrono::milliseconds deadline_;
  const std::size_t sockets_per_server_;
  std::atomic<std::uint64_t> ids_{0};

  mutable std::mutex names_mutex_;
  std::vector<std::string> names_;  ///< guarded by the mutex

  boost::asio::strand<boost::asio::any_io_executor> strand_;
  server_directory directory_;
  list_keeper list_;
  std::map<std::string, udp::endpoint> endpoints_;  ///< by name, of all servers
  std::vector<std::shared_ptr<server_sockets>> slots_;
  udp::resolver resolver_;
  boost::asio::steady_timer names_timer_;
  boost::asio::steady_timer timer_;
  std::optional<core::time_point> armed_;
  core::lookup_core core_;
  std::vector<core::send_refused> refusals_;
  std::unordered_map<std::uint64_t, std::unique_ptr<completion<lookup_result>>> handlers_;
  /// One byte more than any datagram has shows what is too long.
  std::array<std::uint8_t, wire::request_size_max + 1> buffer_{};
  bool opened_ = false;  ///< shared_from_this() works from then on
  bool closed_ = false;
};

}  // namespace repute::detail
