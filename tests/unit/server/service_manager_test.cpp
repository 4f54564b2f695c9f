// SPDX-License-Identifier: Apache-2.0
#include "control/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "control/exit_codes.hpp"
#include "support/temporary_directory.hpp"

namespace repute::test {
namespace {

using control::service_manager;
using std::chrono::microseconds;

// The environment of a started service, put back at the end.
class service_manager_test : public testing::Test {
 protected:
  service_manager_test() { clear(); }
  ~service_manager_test() override { clear(); }

  static void clear() {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
      ::unsetenv(name);
    }
  }

  // A manager that listens on `name`, whose first byte is @ for the abstract namespace.
  void listen(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name[0] == '@') {
      address.sun_path[0] = '\0';
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    fd_ = net::file_descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size), 0) << errno;
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }

  std::vector<std::string> heard() const {
    std::vector<std::string> out;
    std::array<char, 256> buffer;
    for (;;) {
      const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
      if (size < 0) {
        return out;
      }
      out.emplace_back(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  temporary_directory folder_;
  net::file_descriptor fd_;
};

TEST_F(service_manager_test, without_one_nothing_is_told) {
  ::setenv("WATCHDOG_USEC", "1000000", 1);
  const service_manager none;
  none.ready();
  none.status("x");
  none.alive();
  none.stopping();
  EXPECT_FALSE(none.watchdog_time());
}

TEST_F(service_manager_test, is_told_over_a_socket_that_is_a_file) {
  listen((folder_.path() / "notify").string());
  const service_manager manager;
  manager.status("serving generation 7, 3 keys");
  manager.ready();
  manager.alive();
  manager.stopping();
  EXPECT_EQ(heard(), (std::vector<std::string>{"STATUS=serving generation 7, 3 keys", "READY=1",
                                               "WATCHDOG=1", "STOPPING=1"}));
  for (int i = 0; i < 10'000; ++i) {
    manager.alive();  // one that does not read is not waited for
  }
  EXPECT_LT(heard().size(), 10'000u);
  fd_.reset();
  manager.alive();  // and one that is gone ends nothing
}

TEST_F(service_manager_test, is_told_over_an_abstract_socket) {
  listen("@repute-test-" + std::to_string(::getpid()));
  service_manager().ready();
  EXPECT_EQ(heard(), std::vector<std::string>{"READY=1"});
}

TEST_F(service_manager_test, watches_the_process_that_it_names) {
  listen((folder_.path() / "notify").string());
  EXPECT_FALSE(service_manager().watchdog_time());
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(service_manager().watchdog_time(), microseconds(30'000'000));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(service_manager().watchdog_time(), microseconds(30'000'000));
  for (const char* other : {"1", "x"}) {
    ::setenv("WATCHDOG_PID", other, 1);
    EXPECT_FALSE(service_manager().watchdog_time()) << other;
  }
  ::unsetenv("WATCHDOG_PID");
  for (const char* no_time : {"0", "-1", "1s", ""}) {
    ::setenv("WATCHDOG_USEC", no_time, 1);
    EXPECT_FALSE(service_manager().watchdog_time()) << no_time;
  }
}

int exit_code_with(const std::string& name) {
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  try {
    const service_manager made;
    return 0;
  } catch (const control::start_failure& failure) {
    EXPECT_NE(std::string(failure.what()).find("NOTIFY_SOCKET=" + name), std::string::npos);
    return failure.exit_code();
  }
}

TEST_F(service_manager_test, a_name_without_a_listener_is_an_error) {
  EXPECT_EQ(exit_code_with("relative"), control::exit_config);
  EXPECT_EQ(exit_code_with("/" + std::string(200, 'x')), control::exit_config);
  EXPECT_EQ(exit_code_with((folder_.path() / "nobody").string()), control::exit_unavailable);
}

}  // namespace
}  // namespace repute::test
