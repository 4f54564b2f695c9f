// SPDX-License-Identifier: Apache-2.0
#include "load/guard/row_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "load/guard/reserved_networks.hpp"

namespace repute::load {
namespace {

using canon::ip_prefix;

// No name of the ICANN section has more labels; asking the list costs more than all else here.
constexpr std::ptrdiff_t suffix_dots_max = 4;

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

row_violation about_network(guard_rule rule, const ip_prefix& row, const ip_prefix& listed,
                            std::string_view what) {
  const std::string_view relation = row == listed            ? "is"
                                    : is_inside(row, listed) ? "is inside"
                                                             : "overlaps";
  return {rule, fmt::format("{} {} {}, {}", show(row), relation, show(listed), what), true, false};
}

row_violation about_name(guard_rule rule, std::string_view row, const name_hit& hit,
                         name_match match, std::string_view what) {
  row_violation out{rule, {}, true, match != name_match::exact};
  switch (hit.relation) {
    case name_relation::same:
      out.why = fmt::format("{} is {}", row, what);
      break;
    case name_relation::under:
      out.why = fmt::format("{} is under {}, {}", row, hit.listed, what);
      break;
    case name_relation::covers:
      out.why = fmt::format("{} covers {}, {}", row, hit.listed, what);
      break;
  }
  out.itself = match != name_match::subdomains && hit.relation != name_relation::covers;
  return out;
}

// The host of a canonical URL, and whether the URL stands for all of it.
struct url_host {
  std::string_view host;
  bool whole = false;
};

url_host host_of(std::string_view url) noexcept {
  const std::size_t slash = url.find('/');
  return {url.substr(0, slash), slash + 1 == url.size()};
}

std::optional<ip_prefix> literal_of(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.empty() || host.back() < '0' || host.back() > '9') {
    return std::nullopt;  // names are the rule, and none ends in a number
  }
  const auto parsed = canon::parse_prefix(host);
  const auto* address = std::get_if<ip_prefix>(&parsed);
  return address == nullptr ? std::nullopt : std::optional(*address);
}

constexpr std::string_view own_text = "your own";

}  // namespace

row_guard::row_guard(const canon::canonicalizer& canon, const guard_lists& lists)
    : canon_(canon), own_names_(random_seed()), allowed_names_(random_seed()) {
  std::vector<labelled_network> own;
  std::vector<labelled_network> allowed;
  const auto add = [](const list_entry& entry, std::uint32_t label, name_set& names,
                      std::vector<labelled_network>& networks) {
    if (entry.network) {
      networks.push_back({*entry.network, label});
    } else {
      names.add(entry.name, entry.with_below, label);
    }
  };
  for (const list_entry& entry : lists.own) {
    add(entry, 0, own_names_, own);
  }
  for (const guard_lists::file& file : lists.allow) {
    for (const list_entry& entry : file.entries) {
      add(entry, static_cast<std::uint32_t>(places_.size()), allowed_names_, allowed);
      places_.push_back({static_cast<std::uint32_t>(files_.size()), entry.line});
    }
    files_.push_back(file.path);
  }
  own_networks_ = network_set(own);
  allowed_networks_ = network_set(allowed);
}

std::string row_guard::place_of(std::uint32_t label) const {
  const place& at = places_[label];
  return fmt::format("on the allow list {}:{}", files_[at.file], at.line);
}

std::optional<row_violation> row_guard::check(const feed_limits& limits, const ip_prefix& prefix,
                                              bool listing) const {
  const unsigned widest = prefix.v6 ? limits.widest_v6 : limits.widest_v4;
  if (prefix.length < widest) {
    return row_violation{
        guard_rule::width,
        fmt::format("{} is wider than the feed's limit of /{}", show(prefix), widest), true, false};
  }
  return listing ? check_network(limits, prefix, false) : std::nullopt;
}

std::optional<row_violation> row_guard::check_network(const feed_limits& limits,
                                                      const ip_prefix& prefix,
                                                      bool own_only) const {
  if (const auto* own = own_networks_.overlapping(prefix)) {
    return about_network(guard_rule::own, prefix, own->network, own_text);
  }
  if (own_only) {
    return std::nullopt;
  }
  if (const auto* allowed = allowed_networks_.overlapping(prefix)) {
    return about_network(guard_rule::allow, prefix, allowed->network, place_of(allowed->label));
  }
  if (!limits.reserved) {
    if (const auto* reserved = reserved_networks().overlapping(prefix)) {
      return about_network(guard_rule::reserved, prefix, reserved->network, purpose_of(*reserved));
    }
  }
  return std::nullopt;
}

std::optional<row_violation> row_guard::check(const feed_limits& limits, const canonical_key& key,
                                              name_match match, bool listing) const {
  if (!listing) {
    return std::nullopt;
  }
  switch (key.kind) {
    case kind::host:
      return check_name(key, match);
    case kind::url:
      return check_url(limits, key);
    case kind::email: {
      // A sender of one's own: nobody but a forger is known for it elsewhere.
      const std::string_view domain =
          std::string_view(key.canonical).substr(key.canonical.rfind('@') + 1);
      const auto own = own_names_.find(domain, false);
      return own ? std::optional(about_name(guard_rule::own, key.canonical, *own, match, own_text))
                 : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<row_violation> row_guard::check_name(const canonical_key& key,
                                                   name_match match) const {
  const std::string& name = key.canonical;
  const bool below = match != name_match::exact;
  if (const auto own = own_names_.find(name, below)) {
    return about_name(guard_rule::own, name, *own, match, own_text);
  }
  if (const auto allowed = allowed_names_.find(name, below)) {
    return about_name(guard_rule::allow, name, *allowed, match, place_of(allowed->label));
  }
  if (std::count(name.begin(), name.end(), '.') <= suffix_dots_max &&
      canon_.is_public_suffix(name)) {
    return row_violation{guard_rule::suffix, name + " is a public suffix",
                         match != name_match::subdomains, below};
  }
  return std::nullopt;
}

// A URL that stands for a whole host stands for the hosts under it, too; a page stands for no host,
// and only a page of one's own is worth a word.
std::optional<row_violation> row_guard::check_url(const feed_limits& limits,
                                                  const canonical_key& key) const {
  const auto [host, whole] = host_of(key.canonical);
  if (const auto address = literal_of(host)) {
    return check_network(limits, *address, !whole);
  }
  const name_match reach = whole ? name_match::both : name_match::exact;
  std::optional<row_violation> found;
  if (whole) {
    found = check_name({kind::host, std::string(host)}, reach);
  } else if (const auto own = own_names_.find(host, false)) {
    found = about_name(guard_rule::own, key.canonical, *own, reach, own_text);
  }
  if (found) {
    found->itself = true;  // one record, whatever it covers
    found->below = false;
  }
  return found;
}

}  // namespace repute::load
