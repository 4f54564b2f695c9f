// SPDX-License-Identifier: Apache-2.0
// What is measured, and what came out of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "load_generator/outcome.hpp"

namespace repute::bench {

enum class load_mode : std::uint8_t {
  maximum,  ///< as fast as answers come
  rate,     ///< open loop, `value` requests a second
  share,    ///< open loop, `value` (1.0 = all) of the server's maximum in the same repeat
};

/// How a point is driven.
struct drive {
  load_mode mode = load_mode::maximum;
  double value = 0;

  bool operator==(const drive&) const = default;
};

/// One bar or dot of a report.
struct point {
  std::string target;               ///< `reputed`, `sealed`, `server` or `echo MODE`
  std::optional<std::size_t> keys;  ///< a datagram, nothing: the mail mix
  drive load;

  /// `reputed, 20 keys, maximum`; `echo mmsg, mail, 50 %`; `server, 1 key, 100000/s`
  [[nodiscard]] std::string name() const;

  bool operator==(const point&) const = default;
};

/// One repeat of a point.
struct sample {
  outcome load;
  std::uint64_t cpu_ns = 0;  ///< of the server in the window; 0: not known
  std::uint64_t drops = 0;   ///< datagrams the kernel threw away at the server's socket
};

/// A number of a sample, by the name that reports use.
struct figure {
  std::string_view name;
  double (*of)(const sample&);
};

/// All of them, in the order of reports.
[[nodiscard]] std::span<const figure> all_figures();

/// Points of one repeat, in the order in which they are measured.
struct plan_wishes {
  std::vector<std::string> targets;              ///< the first one's maximum is what shares are of
  std::vector<std::optional<std::size_t>> keys;  ///< nothing: the mail mix
  std::vector<drive> loads;
};
[[nodiscard]] std::vector<point> make_plan(const plan_wishes& wishes);

/// `100000`, `50%` or `max`; nothing for other words.
[[nodiscard]] std::optional<drive> parse_drive(std::string_view word);

/// The loads of a sweep: maximum, then 5 to 120 % of it.
[[nodiscard]] std::vector<drive> sweep_loads();

/// A point with its repeats.
struct measured_point {
  point at;
  std::vector<sample> samples;

  /// One figure of every repeat.
  [[nodiscard]] std::vector<double> values(std::string_view figure_name) const;
};

}  // namespace repute::bench
