// SPDX-License-Identifier: Apache-2.0
#include "repute/client/client.hpp"

#include "client_impl.hpp"

namespace repute {
namespace detail {

std::uint64_t next_operation_id(client_impl& impl) noexcept {
  return impl.next_id();
}

const boost::asio::any_io_executor& executor_of(const client_impl& impl) noexcept {
  return impl.executor();
}

void start(const std::shared_ptr<client_impl>& impl, operation op) {
  impl->start(std::move(op));
}

void cancel(const std::weak_ptr<client_impl>& impl, std::uint64_t id) {
  if (const auto alive = impl.lock()) {
    alive->cancel(id);
  }
}

void start_report(const std::shared_ptr<client_impl>& impl,
                  std::unique_ptr<completion<client_report>> handler) {
  impl->report(std::move(handler));
}

}  // namespace detail

client::client(const executor_type& executor, const client_options& options)
    : impl_(std::make_shared<detail::client_impl>(executor, options)) {
  impl_->open();
}

client::~client() {
  impl_->close();
}

std::vector<std::string> client::servers() const {
  return impl_->names();
}

}  // namespace repute
