// SPDX-License-Identifier: Apache-2.0
#include "load/row_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "load/cover_index.hpp"

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

// Notes that other rows may be covered by this one.
void note_cover(kind kind, std::string_view canonical, compiled_rows& into) {
  if (may_cover(kind)) {
    into.add_cover(kind, canonical);
  }
}

void add_address(const store::record& row, compiled_rows& into) {
  into.add(row, false);
  if (row.prefix_length == full_length(row.kind)) {
    const auto* bytes = reinterpret_cast<const char*>(row.key.data());
    note_cover(row.kind, {bytes, key_size(row.kind)}, into);
  }
}

}  // namespace

bool is_asked_as_parent(const canon::canonicalizer& canon, const std::string& name) {
  return !canon
              .covering_among({kind::host, "x." + name},
                              [&name](kind, std::string_view parent) { return parent == name; })
              .empty();
}

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
                                             compiled_rows& into) const {
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
                                                     store::record& out,
                                                     compiled_rows& into) const {
  const auto parsed = canon::parse_prefix(row.key);
  if (const auto* why = std::get_if<canon::error>(&parsed)) {
    return std::string(message(*why));
  }
  const auto& prefix = std::get<canon::ip_prefix>(parsed);
  out.kind = kind_of(prefix);
  out.key = address_bytes(prefix);
  out.prefix_length = prefix.length;
  add_address(out, into);
  if (guard_ != nullptr) {
    const bool listing = is_listing(out.verdict, out.exclusion);
    if (auto broken = guard_->check(spec.limits, prefix, listing)) {
      return flagged_row{std::move(*broken), {position_of(out)}};
    }
  }
  return outcome::stored;
}

void row_compiler::add_key(store::record& out, const canonical_key& key,
                           compiled_rows& into) const {
  out.kind = key.kind;
  out.key = fingerprints_(key);
  into.add(out, out.text == key.canonical);
  note_cover(key.kind, key.canonical, into);
}

row_compiler::compiled row_compiler::compile_key(const feed_spec& spec, const raw_row& row,
                                                 store::record& out, compiled_rows& into) const {
  auto canonical = canon_.canonical(row.subject.value_or(spec.subject), row.key);
  if (const auto* why = std::get_if<canon::error>(&canonical)) {
    return std::string(message(*why));
  }
  auto& key = std::get<canonical_key>(canonical);
  if (spec.verdict == verdict::trusted && !may_acquit(key.kind)) {
    return fmt::format("\"trusted\" is refused for {}: such a key can be forged",
                       word(subject_of(key.kind)));
  }
  if (key.kind == kind::url) {
    out.text = key.canonical;  // the feed's own may hold a password, which is kept nowhere
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
  std::vector<store::record_position> flagged;
  const auto add = [&](bool breaks) {
    add_key(out, key, into);
    if (breaks) {
      flagged.push_back(position_of(out));
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

bool row_compiler::adopt(store::record row, bool anew, compiled_rows& into) const {
  if (is_ip(row.kind)) {
    add_address(row, into);
    return true;
  }
  const auto key = anew || may_cover(row.kind) ? canonical_of(row.kind, row.text) : std::nullopt;
  if (anew && key) {
    row.key = fingerprints_(*key);
  }
  into.add(row, key && row.text == key->canonical);
  if (key) {
    note_cover(key->kind, key->canonical, into);
  }
  return key || !anew;
}

bool row_compiler::canonical_of(const stored_row& row, canonical_key& out) const {
  if (row.text_is_canonical != 0) {
    out.kind = row.kind;
    out.canonical.assign(row.text());
    return true;
  }
  auto made = canonical_of(row.kind, row.text());
  if (made) {
    out = std::move(*made);
  }
  return made.has_value();
}

std::optional<canonical_key> row_compiler::canonical_of(kind kind, std::string_view text) const {
  auto canonical = canon_.canonical(subject_of(kind), text);
  if (std::holds_alternative<canon::error>(canonical)) {
    return std::nullopt;
  }
  canonical_key key = std::get<canonical_key>(std::move(canonical));
  if (kind == kind::domain) {
    key.kind = kind::domain;
  }
  return key;
}

}  // namespace repute::load
