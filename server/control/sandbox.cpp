// SPDX-License-Identifier: Apache-2.0
#include "control/sandbox.hpp"

#include <fmt/core.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace repute::control {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

// By what they are for; the C library chooses among those of a line by its release and processor.
constexpr std::array allowed{
    // datagrams and control connections, on sockets that are there
    "recvmmsg", "sendmmsg", "recvmsg", "sendmsg", "recvfrom", "sendto", "accept", "accept4",
    "shutdown", "getsockname", "getpeername", "getsockopt", "setsockopt",
    // waiting
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "poll", "ppoll", "eventfd2",
    "timerfd_create", "timerfd_settime", "clock_nanosleep", "nanosleep", "restart_syscall",
    "inotify_add_watch", "inotify_rm_watch",
    // snapshots, the overlay, the allow list
    "open", "openat", "close", "read", "pread64", "readv", "preadv", "write", "pwrite64", "writev",
    "pwritev", "lseek", "stat", "fstat", "lstat", "newfstatat", "statx", "statfs", "fstatfs",
    "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", "getcwd", "fcntl",
    "flock", "dup", "ftruncate", "fallocate", "fadvise64", "fsync", "fdatasync", "msync", "rename",
    "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "chmod", "fchmod",
    "fchmodat", "umask",
    // memory; mmap and mprotect have a rule of their own
    "munmap", "mremap", "madvise", "brk", "mincore",
    // threads; clone has a rule of its own
    "futex", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "setpriority",
    "getpriority", "gettid", "tgkill", "exit", "exit_group", "prlimit64", "getrlimit",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "membarrier",
    // what is asked of the system
    "clock_gettime", "clock_getres", "gettimeofday", "time", "getrandom", "getpid", "getuid",
    "geteuid", "getgid", "getegid", "sysinfo", "uname", "getrusage"};

// Conditions on an argument of a call, counted from 0; the macros of libseccomp are for C alone.
scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp masked_equals(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

class filter {
 public:
  filter() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release) {
    failure_ = context_ ? 0 : -ENOMEM;
    attribute(SCMP_FLTATR_CTL_TSYNC, 1);     // threads that run already, too
    attribute(SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree: old kernels walk it on each call
    // Older kernels slow a filtered process down to shield it from code that it runs for others.
    attribute(SCMP_FLTATR_CTL_SSB, 1);
  }

  void allow(const char* name) {
    // A call that this processor does not have needs no rule.
    if (const int number = seccomp_syscall_resolve_name(name); number != __NR_SCMP_ERROR) {
      add(SCMP_ACT_ALLOW, number, 0, {});
    }
  }
  /// Only with an argument for which `condition` holds.
  void allow(const char* name, scmp_arg_cmp condition) {
    add(SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(name), 1, condition);
  }
  void answer(const char* name, int error) {
    add(SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), seccomp_syscall_resolve_name(name), 0,
        {});
  }

  /// 0, or a negative errno of the first step that failed.
  [[nodiscard]] int load() { return failure_ != 0 ? failure_ : seccomp_load(context_.get()); }

 private:
  void attribute(scmp_filter_attr which, std::uint32_t value) {
    failure_ = failure_ != 0 ? failure_ : seccomp_attr_set(context_.get(), which, value);
  }
  void add(std::uint32_t action, int number, unsigned conditions, scmp_arg_cmp condition) {
    failure_ = failure_ != 0
                   ? failure_
                   : seccomp_rule_add_array(context_.get(), action, number, conditions, &condition);
  }

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int failure_ = 0;
};

}  // namespace

std::optional<std::string> enter_sandbox() {
  if (sanitized) {
    return "this build has sanitizers";
  }
  filter rules;
  for (const char* name : allowed) {
    rules.allow(name);
  }
  rules.allow("mmap", masked_equals(2, PROT_EXEC, 0));
  rules.allow("mprotect", masked_equals(2, PROT_EXEC, 0));
  rules.allow("clone", masked_equals(0, CLONE_THREAD, CLONE_THREAD));
  // Its flags are behind a pointer, where no filter sees them: the C library then takes clone.
  rules.answer("clone3", ENOSYS);
  rules.allow("prctl", equals(0, PR_SET_DUMPABLE));
  rules.allow("prctl", equals(0, PR_SET_NAME));
  rules.allow("ioctl", equals(1, FIONBIO));
  rules.allow("ioctl", equals(1, FIONREAD));
  if (const int failure = rules.load(); failure != 0) {
    return fmt::format("the kernel takes no seccomp filter: {}", std::strerror(-failure));
  }
  return std::nullopt;
}

}  // namespace repute::control
