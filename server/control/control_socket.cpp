// SPDX-License-Identifier: Apache-2.0
#include "control/control_socket.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <vector>

#include "control/exit_codes.hpp"

namespace repute::control {

namespace asio = boost::asio;
using boost::system::error_code;
using unix_stream = asio::local::stream_protocol;

namespace {

constexpr mode_t mask_for_0660 = 0117;

// One connection: reads a line, waits for its reply, writes it, reads the next.
class session : public std::enable_shared_from_this<session> {
 public:
  session(unix_stream::socket socket, std::shared_ptr<const control_socket::handler> on_line)
      : socket_(std::move(socket)), on_line_(std::move(on_line)) {}

  void read() {
    idle_since_ = std::chrono::steady_clock::now();
    asio::async_read_until(socket_, asio::dynamic_buffer(input_, control_socket::line_max), '\n',
                           [self = shared_from_this()](const error_code& error, std::size_t size) {
                             if (error) {
                               return self->close();
                             }
                             self->handle(size);
                           });
  }

  /// Since when it waits for a line; nothing while it works on one.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> idle_since() const {
    return idle_since_;
  }

  // Idle no more, though whoever owes a reply, or a read that has not learnt of it, keeps this
  // alive.
  void close() {
    error_code ignored;
    socket_.close(ignored);
    idle_since_.reset();
  }

 private:
  void handle(std::size_t size) {
    idle_since_.reset();
    const std::string line = input_.substr(0, size - 1);
    input_.erase(0, size);
    (*on_line_)(line, [self = shared_from_this()](std::string reply) {
      self->output_ = std::move(reply) + '\n';
      self->write();
    });
  }

  void write() {
    asio::async_write(socket_, asio::buffer(output_),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (error) {
                          return self->close();
                        }
                        self->read();
                      });
  }

  unix_stream::socket socket_;
  std::shared_ptr<const control_socket::handler> on_line_;
  std::optional<std::chrono::steady_clock::time_point> idle_since_;
  std::string input_;
  std::string output_;
};

// Held for the life of the process; the kernel lets go of it however the process ends, so whoever
// holds it may replace the socket that a killed server left.
net::file_descriptor lock_directory(const std::filesystem::path& database) {
  const std::filesystem::path path = database / "control.lock";
  net::file_descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (lock.get() < 0) {
    throw start_failure(errno == EACCES ? exit_no_permission : exit_io,
                        fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    throw start_failure(exit_running,
                        fmt::format("{}: another reputed serves it", database.string()));
  }
  return lock;
}

}  // namespace

class control_socket::acceptor : public std::enable_shared_from_this<acceptor> {
 public:
  acceptor(asio::io_context& context, const std::filesystem::path& path, handler on_line)
      : acceptor_(context),
        pause_(context),
        on_line_(std::make_shared<const handler>(std::move(on_line))) {
    const unix_stream::endpoint endpoint(path.string());
    acceptor_.open();
    // The mode must hold from the first moment on; nothing else creates files at this time.
    const mode_t before = ::umask(mask_for_0660);
    error_code error;
    acceptor_.bind(endpoint, error);
    ::umask(before);
    if (error) {
      throw boost::system::system_error(error);
    }
    acceptor_.listen();
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](const error_code& error, unix_stream::socket socket) {
          if (error == asio::error::operation_aborted) {
            return;
          }
          if (error) {
            return self->accept_later();
          }
          self->begin(std::move(socket));
          self->accept();
        });
  }

  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  void begin(unix_stream::socket socket) {
    std::erase_if(sessions_, [](const auto& each) { return each.expired(); });
    if (sessions_.size() >= sessions_max && !close_longest_idle()) {
      return;  // all are at work: the newcomer is closed
    }
    const auto added = std::make_shared<session>(std::move(socket), on_line_);
    sessions_.push_back(added);
    added->read();
  }

  // Forgotten connections must not lock out the ones in use.
  bool close_longest_idle() {
    std::shared_ptr<session> longest;
    for (const auto& each : sessions_) {
      const auto open = each.lock();
      if (open && open->idle_since() && (!longest || open->idle_since() < longest->idle_since())) {
        longest = open;
      }
    }
    if (longest) {
      longest->close();
    }
    return longest != nullptr;
  }

  // Out of descriptors, most likely: asking again at once would keep a core busy with the answer
  // no.
  void accept_later() {
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && self->acceptor_.is_open()) {
        self->accept();
      }
    });
  }

  unix_stream::acceptor acceptor_;
  asio::steady_timer pause_;
  std::shared_ptr<const handler> on_line_;
  std::vector<std::weak_ptr<session>> sessions_;
};

control_socket::control_socket(asio::io_context& context, const std::filesystem::path& database,
                               handler on_line)
    : path_(database / "control.sock"), lock_(lock_directory(database)) {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  try {
    acceptor_ = std::make_shared<acceptor>(context, path_, std::move(on_line));
  } catch (const boost::system::system_error& error) {
    throw start_failure(exit_io, fmt::format("{}: {}", path_.string(), error.code().message()));
  }
  acceptor_->accept();
}

control_socket::~control_socket() {
  acceptor_->close();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace repute::control
