// SPDX-License-Identifier: Apache-2.0
#include "client_impl.hpp"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <random>
#include <thread>
#include <utility>

#include "secure_numbers.hpp"

namespace repute::detail {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds deadline_min{1};
constexpr std::chrono::milliseconds deadline_max{60000};
constexpr std::chrono::seconds names_last{60};  ///< between two looks at the servers' names
/// Datagrams read from one socket before the others have their turn, and before timers fire.
constexpr int receives_in_a_row = 64;
constexpr int receives_before_timers = 4096;

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

core::time_point now() noexcept {
  return std::chrono::steady_clock::now();
}

std::size_t sockets_for(const client_options& options) {
  const std::size_t wanted = options.sockets_per_server > 0 ? options.sockets_per_server
                                                            : std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(wanted, 1, core::sockets_max);
}

core::core_settings settings_of(const client_options& options) {
  core::core_settings settings;
  settings.sealed = sealing_of(options);
  settings.salt_fp = options.salt_fp;
  settings.cache_keys = options.cache_keys;
  settings.follow_list = !options.list_key.empty();
  settings.seed = random_seed();
  settings.req_ids = secure_numbers();
  return settings;
}

}  // namespace

client_impl::client_impl(const asio::any_io_executor& executor, const client_options& options)
    : executor_(executor),
      permission_(options),
      deadline_(std::clamp(options.deadline, deadline_min, deadline_max)),
      sockets_per_server_(sockets_for(options)),
      strand_(asio::make_strand(executor)),
      directory_(options.servers),
      list_(options.list_key, options.list_file),
      slots_(client_servers_max),
      resolver_(strand_),
      names_timer_(strand_),
      timer_(strand_),
      core_(settings_of(options)) {
  resolve_configured();
  take_stored_list();
  replace_servers();
}

void client_impl::resolve_configured() {
  for (const host_and_port& host : directory_.hosts()) {
    directory_.set(host, resolve(host));
  }
  if (directory_.places().empty() || directory_.hosts().size() > client_servers_max) {
    throw boost::system::system_error(errc::bad_server, "list of servers");
  }
  for (const server_directory::place& place : directory_.places()) {
    permission_.require(place.endpoint);
  }
}

void client_impl::take_stored_list() {
  const auto stored = list_.from_file();
  if (!stored) {
    return;
  }
  directory_.adopt(*stored);
  for (const host_and_port& host : directory_.hosts()) {
    try {
      directory_.set(host, resolve(host));
    } catch (const boost::system::system_error&) {
      continue;  // looked up again a minute later; the others do meanwhile
    }
  }
  feed(core::list_adopted{list_.version()});
}

std::vector<std::string> client_impl::names() const {
  const std::lock_guard lock(names_mutex_);
  return names_;
}

void client_impl::replace_servers() {
  std::vector<core::server_spec> specs;
  std::vector<std::string> names;
  endpoints_.clear();
  for (const server_directory::place& place : directory_.places()) {
    if (!permission_.covers(place.endpoint)) {
      continue;  // a list of servers gives none
    }
    const std::string name = name_of(place.endpoint);
    endpoints_[name] = place.endpoint;
    names.push_back(name);
    specs.push_back({name, place.bias, sockets_per_server_});
  }
  {
    const std::lock_guard lock(names_mutex_);
    names_ = std::move(names);
  }
  feed(core::servers_replaced{specs});
}

void client_impl::open() {
  asio::post(strand_, [self = shared_from_this()] {
    if (self->closed_) {
      return;
    }
    for (std::size_t slot = 0; slot < self->slots_.size(); ++slot) {
      for (std::size_t i = 0; self->slots_[slot] && i < self->slots_[slot]->size(); ++i) {
        self->wait_readable(slot, i);
      }
    }
    self->opened_ = true;
    self->feed(core::time_passed{});
    self->follow_names();
  });
}

void client_impl::close() {
  asio::post(strand_, [self = shared_from_this()] {
    self->closed_ = true;
    self->timer_.cancel();
    self->names_timer_.cancel();
    self->resolver_.cancel();
    for (std::size_t slot = 0; slot < self->slots_.size(); ++slot) {
      self->close_slot(slot);
    }
    for (auto& [id, handler] : std::exchange(self->handlers_, {})) {
      handler->complete(asio::error::operation_aborted, {});
    }
  });
}

void client_impl::start(operation op) {
  // The deadline counts from the call, not from when the loop finds time for it.
  const core::time_point deadline = now() + deadline_;
  asio::post(strand_, [self = shared_from_this(), op = std::move(op), deadline]() mutable {
    if (self->closed_) {
      return op.handler->complete(asio::error::operation_aborted, {});
    }
    self->handlers_.emplace(op.id, std::move(op.handler));
    if (op.ping) {
      self->feed(core::ping_submitted{op.id, op.server, op.keys, deadline});
    } else {
      self->feed(core::lookup_submitted{op.id, std::move(op.keys), deadline});
    }
  });
}

void client_impl::cancel(std::uint64_t id) {
  asio::post(strand_, [self = shared_from_this(), id] {
    if (const auto node = self->handlers_.extract(id)) {
      self->feed(core::lookup_cancelled{id});
      node.mapped()->complete(asio::error::operation_aborted, {});
    }
  });
}

void client_impl::report(std::unique_ptr<completion<client_report>> handler) {
  asio::post(strand_, [self = shared_from_this(), handler = std::move(handler)] {
    handler->complete({}, {.servers = self->core_.report(now()),
                           .list_version = self->list_.version(),
                           .list_problem = self->list_.problem()});
  });
}

void client_impl::follow_names() {
  if (!directory_.has_names()) {
    return;
  }
  names_timer_.expires_after(names_last);
  names_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->closed_) {
      self->resolve_next(self->directory_.hosts());
    }
  });
}

/// One name after the other; all addresses are then put in force together.
void client_impl::resolve_next(std::vector<host_and_port> left) {
  if (left.empty()) {
    replace_servers();
    return follow_names();
  }
  const host_and_port host = left.back();
  left.pop_back();
  resolver_.async_resolve(host.host, host.port, udp::resolver::numeric_service,
                          [self = shared_from_this(), host, left = std::move(left)](
                              error_code error, const udp::resolver::results_type& found) mutable {
                            if (self->closed_) {
                              return;
                            }
                            if (!error) {
                              self->directory_.set(host, usable_endpoints(found));
                            }
                            self->resolve_next(std::move(left));
                          });
}

void client_impl::adopt(const core::list_arrived& arrived) {
  const auto* bytes = reinterpret_cast<const char*>(arrived.document.data());
  const auto list = list_.consider({bytes, arrived.document.size()}, arrived.data_epoch);
  if (!list) {
    return;
  }
  directory_.adopt(*list);
  feed(core::list_adopted{list_.version()});
  names_timer_.cancel();
  resolver_.cancel();
  resolve_next(directory_.hosts());
}

void client_impl::open_slot(const core::open_server& opened) {
  try {
    slots_[opened.server] = std::make_shared<server_sockets>(
        strand_, endpoints_.at(opened.spec.name), opened.spec.sockets);
  } catch (const boost::system::system_error&) {
    if (!opened_) {
      throw;
    }
    return;  // no descriptors left: what is sent there counts as refused, the others serve on
  }
  for (std::size_t i = 0; opened_ && i < opened.spec.sockets; ++i) {
    wait_readable(opened.server, i);
  }
}

void client_impl::close_slot(std::size_t slot) {
  if (slots_[slot]) {
    slots_[slot]->close();  // those who wait for them keep them alive until then
    slots_[slot].reset();
  }
}

void client_impl::wait_readable(std::size_t slot, std::size_t socket) {
  const std::shared_ptr<server_sockets>& sockets = slots_[slot];
  sockets->at(socket).async_wait(
      udp::socket::wait_read, [self = shared_from_this(), sockets, slot, socket,
                               life = sockets->life(socket)](error_code error) {
        const bool current = self->slots_[slot] == sockets && sockets->life(socket) == life;
        if (!error && current && !self->closed_) {
          self->drain(slot, socket, receives_in_a_row);
          if (self->slots_[slot] == sockets && sockets->life(socket) == life) {
            self->wait_readable(slot, socket);
          }
        }
      });
}

void client_impl::drain(std::size_t slot, std::size_t socket, int most) {
  const std::shared_ptr<server_sockets> sockets = slots_[slot];
  for (int i = 0; i < most && slots_[slot] == sockets; ++i) {
    std::size_t size = 0;
    switch (sockets->receive(socket, buffer_, size)) {
      case server_sockets::received::nothing:
        return;
      case server_sockets::received::refusal:
        feed(core::send_refused{slot, socket});
        break;
      case server_sockets::received::datagram:
        feed(core::datagram_received{slot, socket, {buffer_.data(), size}});
        break;
    }
  }
}

void client_impl::drain_all() {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    for (std::size_t i = 0; slots_[slot] && i < slots_[slot]->size(); ++i) {
      drain(slot, i, receives_before_timers);
    }
  }
}

void client_impl::send(const core::send_datagram& datagram) {
  const auto& sockets = slots_[datagram.server];
  if (!sockets || !sockets->send(datagram.socket, datagram.bytes)) {
    refusals_.push_back({datagram.server, datagram.socket});
  }
}

void client_impl::feed(core::event e) {
  perform(core_.resume(std::move(e), now()));
  // A send that is refused is an event, too, and its retry may be refused in turn.
  while (!refusals_.empty()) {
    const core::send_refused refused = refusals_.back();
    refusals_.pop_back();
    perform(core_.resume(refused, now()));
  }
  if (opened_) {
    arm_timer();
  }
}

void client_impl::perform(std::span<core::action> actions) {
  for (core::action& action : actions) {
    perform(action);
  }
}

void client_impl::perform(core::action& action) {
  if (const auto* datagram = std::get_if<core::send_datagram>(&action)) {
    send(*datagram);
  } else if (auto* done = std::get_if<core::complete_lookup>(&action)) {
    complete(*done);
  } else if (const auto* rebind = std::get_if<core::rebind_socket>(&action)) {
    if (const auto& sockets = slots_[rebind->server]) {
      sockets->rebind(rebind->socket);
      wait_readable(rebind->server, rebind->socket);
    }
  } else if (const auto* opened = std::get_if<core::open_server>(&action)) {
    open_slot(*opened);
  } else if (const auto* gone = std::get_if<core::close_server>(&action)) {
    close_slot(gone->server);
  } else if (auto* arrived = std::get_if<core::list_arrived>(&action)) {
    // Later: what follows is more work for the core, which is in the middle of this.
    asio::post(strand_, [self = shared_from_this(), list = std::move(*arrived)] {
      if (!self->closed_) {
        self->adopt(list);
      }
    });
  }
}

void client_impl::complete(core::complete_lookup& done) {
  if (const auto node = handlers_.extract(done.id)) {
    const error_code error = done.error ? make_error_code(*done.error) : error_code();
    node.mapped()->complete(error, std::move(done.result));
  }
}

void client_impl::arm_timer() {
  const auto next = core_.next_timer();
  if (!next || closed_ || (armed_ && *armed_ <= *next)) {
    return;  // a timer that fires early costs less than moving it for every answer
  }
  armed_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (error || self->closed_) {
      return;  // closed, or moved to an earlier time
    }
    self->armed_.reset();
    self->drain_all();  // answers first: a process that was held up must not blame the servers
    self->feed(core::time_passed{});
  });
}

}  // namespace repute::detail
