// SPDX-License-Identifier: Apache-2.0
// A completion handler of any type behind one virtual function, so that the client is compiled
// once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <utility>

namespace repute::detail {

/// What waits for an error code and a `Result`.
template <class Result>
class completion {
 public:
  completion() = default;
  virtual ~completion() = default;
  completion(const completion&) = delete;
  completion& operator=(const completion&) = delete;

  /// Posts the completion to the handler's executor. Call once.
  virtual void complete(boost::system::error_code error, Result result) = 0;
};

template <class Result, class Handler>
class completion_of final : public completion<Result> {
 public:
  completion_of(Handler handler, const boost::asio::any_io_executor& otherwise)
      : work_(boost::asio::get_associated_executor(handler, otherwise)),
        handler_(std::move(handler)) {}

  void complete(boost::system::error_code error, Result result) override {
    boost::asio::post(work_.get_executor(),
                      [handler = std::move(handler_), error, result = std::move(result)]() mutable {
                        std::move(handler)(error, std::move(result));
                      });
  }

 private:
  using executor_type = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;

  /// Keeps the handler's own context running until the completion is posted.
  boost::asio::executor_work_guard<executor_type> work_;
  Handler handler_;
};

}  // namespace repute::detail
