// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/meters.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace repute::bench {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t\n") + 1 - first);
}

std::uint64_t number(std::string_view text, int base = 10) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out, base);
  return out;
}

// The value behind `name` and a colon in the first line that begins with it.
std::string_view field(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == name) {
      return trimmed(line.substr(colon + 1));
    }
    at = end + 1;
  }
  return {};
}

// `always [madvise] never` -> madvise
std::string chosen(const std::string& text) {
  const std::size_t open = text.find('[');
  return open == std::string::npos ? "unknown" : text.substr(open + 1, text.find(']') - open - 1);
}

}  // namespace

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::uint64_t cpu_ns_of(std::span<const pid_t> processes) {
  std::uint64_t sum = 0;
  for (const pid_t process : processes) {
    std::error_code gone;
    const std::filesystem::directory_iterator tasks(fmt::format("/proc/{}/task", process), gone);
    for (const auto& task : tasks) {
      sum += number(read_text((task.path() / "schedstat").string()));
    }
  }
  return sum;
}

std::uint64_t smaps_value(std::string_view text, std::string_view name) {
  return number(field(text, name));
}

memory_use memory_of(std::span<const pid_t> processes) {
  memory_use out;
  for (const pid_t process : processes) {
    const std::string text = read_text(fmt::format("/proc/{}/smaps_rollup", process));
    out.pss_kib += smaps_value(text, "Pss");
    out.anonymous_huge_kib += smaps_value(text, "AnonHugePages");
    out.file_huge_kib += smaps_value(text, "FilePmdMapped") + smaps_value(text, "ShmemPmdMapped");
  }
  return out;
}

std::uint64_t udp_drops_in(std::string_view text, std::uint16_t port) {
  // sl local_address rem_address st ... drops: addresses are HEX:PORT, drops is the last field.
  const std::string wanted = fmt::format(":{:04X}", port);
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(text.substr(at, end - at));
    at = end + 1;
    const std::size_t local = std::min(line.find(' '), line.size());
    const std::string_view rest = trimmed(line.substr(local));
    if (rest.substr(0, rest.find(' ')).ends_with(wanted)) {
      sum += number(line.substr(line.rfind(' ') + 1));
    }
  }
  return sum;
}

std::uint64_t udp_drops(std::uint16_t port) {
  return udp_drops_in(read_text("/proc/net/udp"), port) +
         udp_drops_in(read_text("/proc/net/udp6"), port);
}

machine_facts this_machine() {
  machine_facts out;
  out.cpu = std::string(field(read_text("/proc/cpuinfo"), "model name"));
  out.cores = std::thread::hardware_concurrency();
  utsname name{};
  ::uname(&name);
  out.kernel = std::string(name.sysname) + " " + name.release;
  out.memory_mib = number(field(read_text("/proc/meminfo"), "MemTotal")) / 1024;
  out.huge_pages = chosen(read_text("/sys/kernel/mm/transparent_hugepage/enabled"));
  return out;
}

}  // namespace repute::bench
