// SPDX-License-Identifier: Apache-2.0
#include "load/row_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace repute::load {
namespace {

// An hour that has begun counts: a row is never cut short by the coarse clock of the dictionary.
// The very first hour is 1, since 0 means never.
std::uint32_t hours_rounded_up(std::uint64_t unix_s) noexcept {
  return static_cast<std::uint32_t>(
      std::max<std::uint64_t>(1, (unix_s + seconds_per_hour - 1) / seconds_per_hour));
}

std::optional<std::int16_t> scaled_score(std::string_view text, double scale) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || after != end || !std::isfinite(value * scale)) {
    return std::nullopt;
  }
  return static_cast<std::int16_t>(
      std::clamp<double>(std::round(value * scale), score_min, score_max));
}

// A client asks about at most four parents of a name, and about no public suffix: a row for the
// names under any other name would be stored and never found.
bool is_asked_as_parent(const canon::canonicalizer& canon, const std::string& name) {
  const auto asked = canon.covering({kind::host, "x." + name});
  return std::any_of(asked.begin(), asked.end(), [&name](const canonical_key& key) {
    return key.kind == kind::domain && key.canonical == name;
  });
}

}  // namespace

fingerprint address_bytes(const canon::ip_prefix& prefix) noexcept {
  fingerprint bytes{};
  std::copy_n(prefix.address.begin(), prefix.v6 ? 16 : 4, bytes.begin());
  return bytes;
}

kind kind_of(const canon::ip_prefix& prefix) noexcept {
  return prefix.v6 ? kind::ip6 : kind::ip4;
}

row_compiler::row_compiler(const canon::canonicalizer& canon, const seal::deployment_salt& salt,
                           std::uint64_t now_unix_s)
    : canon_(canon), fingerprints_(salt), now_unix_s_(now_unix_s) {}

row_compiler::compiled row_compiler::compile(const feed_spec& spec, const raw_row& row,
                                             std::uint16_t feed, std::uint16_t file,
                                             store::record_set& into) {
  store::record out;
  out.feed = feed;
  out.file = file;
  out.line = row.at.line;
  out.exclusion = row.exclusion;
  out.verdict = spec.verdict;
  out.category = spec.category;
  out.cache_ttl_s = spec.cache_ttl_s;
  out.text = row.key;
  out.reason = row.reason.substr(0, store::record_reason_max);
  if (row.key.size() > store::record_text_max) {
    return fmt::format("a key of {} bytes, at most {} are taken", row.key.size(),
                       store::record_text_max);
  }
  if (std::string why = fill_values(spec, row, out); !why.empty()) {
    return why;
  }
  if (!row.begins.empty()) {
    const auto begins = parse_time_unix_s(row.begins);
    if (!begins) {
      return fmt::format("\"{}\" is not a date or time", row.begins.substr(0, 40));
    }
    if (*begins > now_unix_s_) {
      return outcome::expired;
    }
  }
  if (out.expires_h != 0 && out.expires_h <= now_unix_s_ / seconds_per_hour) {
    return outcome::expired;
  }
  return row.subject.value_or(spec.subject) == subject::ip ? compile_address(spec, row, out, into)
                                                           : compile_key(spec, row, out, into);
}

std::string row_compiler::fill_values(const feed_spec& spec, const raw_row& row,
                                      store::record& out) const {
  out.score = spec.score;
  if (spec.score_column || !row.score.empty()) {
    const auto score = scaled_score(row.score, spec.score_scale);
    if (!score) {
      return fmt::format("score \"{}\" is not a number", row.score.substr(0, 40));
    }
    out.score = *score;
  }
  if (!row.expires.empty()) {
    const auto expires = parse_time_unix_s(row.expires);
    if (!expires) {
      return fmt::format("\"{}\" is not a date or time", row.expires.substr(0, 40));
    }
    out.expires_h = hours_rounded_up(*expires);
  } else if (spec.expires_after_s != 0) {
    out.expires_h = hours_rounded_up(now_unix_s_ + spec.expires_after_s);
  }
  return {};
}

row_compiler::compiled row_compiler::compile_address(const feed_spec& spec, const raw_row& row,
                                                     store::record& out, store::record_set& into) {
  const auto parsed = canon::parse_prefix(row.key);
  if (const auto* why = std::get_if<canon::error>(&parsed)) {
    return std::string(message(*why));
  }
  const auto& prefix = std::get<canon::ip_prefix>(parsed);
  out.kind = kind_of(prefix);
  out.key = address_bytes(prefix);
  out.prefix_length = prefix.length;
  into.add(out);
  if (guard_ != nullptr) {
    const bool listing = is_listing(out.verdict, out.exclusion);
    if (auto broken = guard_->check(spec.limits, prefix, listing)) {
      return flagged_row{std::move(*broken), {place_of(out)}};
    }
  }
  return outcome::stored;
}

row_compiler::compiled row_compiler::compile_key(const feed_spec& spec, const raw_row& row,
                                                 store::record& out, store::record_set& into) {
  const auto canonical = canon_.canonical(row.subject.value_or(spec.subject), row.key);
  if (const auto* why = std::get_if<canon::error>(&canonical)) {
    return std::string(message(*why));
  }
  canonical_key key = std::get<canonical_key>(canonical);
  if (spec.verdict == verdict::trusted && !may_acquit(key.kind)) {
    return fmt::format("\"trusted\" is refused for {}: such a key can be forged",
                       word(subject_of(key.kind)));
  }
  std::string shown;
  if (key.kind == kind::url) {
    shown = canon::show(key);  // the feed's own text may hold a password, which is kept nowhere
    out.text = shown;
  }
  const name_match match =
      key.kind == kind::host ? row.match.value_or(spec.match) : name_match::exact;
  if (match == name_match::subdomains && !is_asked_as_parent(canon_, key.canonical)) {
    return "never matches: clients ask nothing about all names under a public suffix, or under a "
           "name with so many labels";
  }
  auto broken = guard_ == nullptr ? std::nullopt
                                  : guard_->check(spec.limits, key, match,
                                                  is_listing(out.verdict, out.exclusion));
  std::vector<record_place> flagged;
  const auto add = [&](bool breaks) {
    out.kind = key.kind;
    out.key = fingerprints_(key);
    into.add(out);
    if (breaks) {
      flagged.push_back(place_of(out));
    }
  };
  if (match != name_match::subdomains) {
    add(broken && broken->itself);
  }
  if (match != name_match::exact) {
    key.kind = kind::domain;
    add(broken && broken->below);
  }
  return broken ? compiled(flagged_row{std::move(*broken), std::move(flagged)}) : outcome::stored;
}

std::optional<canonical_key> row_compiler::canonical_of(const store::record& record) const {
  if (is_ip(record.kind)) {
    const auto size = static_cast<std::ptrdiff_t>(key_size(record.kind));
    return canonical_key{record.kind, std::string(record.key.begin(), record.key.begin() + size)};
  }
  auto canonical = canon_.canonical(subject_of(record.kind), record.text);
  if (std::holds_alternative<canon::error>(canonical)) {
    return std::nullopt;
  }
  canonical_key key = std::get<canonical_key>(std::move(canonical));
  if (record.kind == kind::domain) {
    key.kind = kind::domain;
  }
  return key;
}

}  // namespace repute::load
