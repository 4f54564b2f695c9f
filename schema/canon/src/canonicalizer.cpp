// SPDX-License-Identifier: Apache-2.0
#include "repute/canon/canon.hpp"

#include <algorithm>
#include <utility>

#include "ascii.hpp"
#include "host.hpp"
#include "ip.hpp"
#include "other.hpp"
#include "suffix_list.hpp"
#include "unicode.hpp"
#include "url.hpp"

namespace repute::canon {
namespace {

using keys = std::vector<canonical_key>;

result<canonical_key> with_kind(kind value, result<std::string> form) {
  if (const auto* problem = std::get_if<error>(&form)) {
    return *problem;
  }
  return canonical_key{value, std::get<std::string>(std::move(form))};
}

result<canonical_key> address(std::string_view text) {
  const auto from = detail::parse_address(text);
  return from ? result<canonical_key>(address_key(*from)) : error::bad_address;
}

/// True if `test` holds for the place where a name above `name` begins that may be a parent: one of
/// two labels at least, for a single one is a public suffix.
template <class Test>
bool any_above(std::string_view name, Test test) {
  std::size_t dot = name.find('.');
  for (std::size_t next = dot; next != name.npos; dot = next) {
    next = name.find('.', dot + 1);
    if (next != name.npos && test(dot + 1)) {
      return true;
    }
  }
  return false;
}

result<std::string> domain(const detail::name_table& names, std::string_view text) {
  auto name = detail::canonical_domain(names, text);
  return name ? result<std::string>(std::move(*name)) : error::bad_host;
}

}  // namespace

struct canonicalizer::tables {
  detail::name_table names;
  detail::suffix_list suffixes;

  explicit tables(const std::string& psl_file) : suffixes(psl_file) {
    detail::require_unicode_tables();
  }

  [[nodiscard]] bool is_name(std::string_view text) const {
    return detail::canonical_domain(names, text) == text;
  }

  [[nodiscard]] keys above_name(const canonical_key& key) const;
  [[nodiscard]] keys above_url(const canonical_key& key) const;
  [[nodiscard]] keys above_name_among(const std::string& form, const key_test& wanted) const;
  [[nodiscard]] keys above_url_among(const std::string& form, const key_test& wanted) const;
};

/// HOST or DOMAIN: itself, then its parents as DOMAIN.
keys canonicalizer::tables::above_name(const canonical_key& key) const {
  keys out{key};
  for (const std::string_view parent : suffixes.parents(key.canonical)) {
    out.push_back({kind::domain, std::string(parent)});
  }
  return out;
}

keys canonicalizer::tables::above_url(const canonical_key& key) const {
  const detail::url_view url = detail::split_url(key.canonical);
  const std::string host(url.host);
  const auto host_address = detail::host_address(host);
  std::vector<std::string_view> hosts{host};
  if (!host_address) {
    const auto parents = suffixes.parents(host);
    hosts.insert(hosts.end(), parents.begin(), parents.end());
  }
  keys out;
  for (const std::string_view name : hosts) {
    for (const std::string_view path : detail::covering_paths(url)) {
      out.push_back({kind::url, std::string(name) + std::string(path)});
    }
  }
  if (host_address) {
    out.push_back(address_key(*host_address));
    return out;
  }
  // A host with an escaped label is no name, but names above it are.
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (is_name(hosts[i])) {
      out.push_back({i == 0 ? kind::host : kind::domain, std::string(hosts[i])});
    }
  }
  return out;
}

keys canonicalizer::tables::above_name_among(const std::string& form,
                                             const key_test& wanted) const {
  const std::string_view name = form;
  keys out;
  if (!any_above(name, [&](std::size_t at) { return wanted(kind::domain, name.substr(at)); })) {
    return out;
  }
  for (const std::string_view parent : suffixes.parents(form)) {
    if (wanted(kind::domain, parent)) {
      out.push_back({kind::domain, std::string(parent)});
    }
  }
  return out;
}

// Every expression is a piece of the form: from the beginning of a label to the end of a path.
keys canonicalizer::tables::above_url_among(const std::string& form, const key_test& wanted) const {
  const detail::url_view url = detail::split_url(form);
  const std::vector<std::string_view> paths = detail::covering_paths(url);
  keys out;
  const auto add = [&out, &wanted](kind kind, std::string_view piece) {
    if (wanted(kind, piece)) {
      out.push_back({kind, std::string(piece)});
    }
  };
  const auto expression = [&](std::size_t at, std::string_view path) {
    return std::string_view(form).substr(at, url.host.size() - at + path.size());
  };
  for (auto path = paths.begin() + 1; path < paths.end(); ++path) {
    add(kind::url, expression(0, *path));
  }
  if (const auto address = detail::host_address(url.host)) {
    const canonical_key key = address_key(*address);
    add(key.kind, key.canonical);
    return out;
  }
  const bool ask_parents = any_above(url.host, [&](std::size_t at) {
    return wanted(kind::domain, url.host.substr(at)) || std::ranges::any_of(paths, [&](auto path) {
             return wanted(kind::url, expression(at, path));
           });
  });
  const std::string host(ask_parents ? url.host : std::string_view());
  const auto parents = ask_parents ? suffixes.parents(host) : std::vector<std::string_view>();
  for (const std::string_view parent : parents) {
    for (const std::string_view path : paths) {
      add(kind::url, expression(host.size() - parent.size(), path));
    }
  }
  if (wanted(kind::host, url.host) && is_name(url.host)) {
    out.push_back({kind::host, std::string(url.host)});
  }
  for (const std::string_view parent : parents) {
    if (wanted(kind::domain, parent) && is_name(parent)) {
      out.push_back({kind::domain, std::string(parent)});
    }
  }
  return out;
}

canonicalizer::canonicalizer(const std::string& psl_file)
    : tables_(std::make_unique<const tables>(psl_file)) {}
canonicalizer::~canonicalizer() = default;
canonicalizer::canonicalizer(canonicalizer&&) noexcept = default;
canonicalizer& canonicalizer::operator=(canonicalizer&&) noexcept = default;

result<canonical_key> canonicalizer::canonical(subject subject, std::string_view text) const {
  if (subject == subject::text) {
    return with_kind(kind::text_exact, normalise_text(text));
  }
  if (text.size() > detail::form_size_max) {
    return error::too_long;
  }
  const std::string_view bare = detail::trim(text);
  if (bare.empty()) {
    return error::empty;
  }
  switch (subject) {
    case subject::ip:
      return address(bare);
    case subject::domain:
      return with_kind(kind::host, domain(tables_->names, bare));
    case subject::url:
      return with_kind(kind::url, detail::canonical_url(tables_->names, bare));
    case subject::email:
      return with_kind(kind::email, detail::canonical_email(tables_->names, bare));
    case subject::email_md5:
      return with_kind(kind::email_md5, detail::canonical_email_md5(bare));
    case subject::sha256:
      return with_kind(kind::file_sha256, detail::canonical_digest(bare, 32));
    case subject::md5:
      return with_kind(kind::file_md5, detail::canonical_digest(bare, 16));
    case subject::image_md5:
      return with_kind(kind::image_md5, detail::canonical_digest(bare, 16));
    case subject::name_md5:
      return with_kind(kind::name_md5, detail::canonical_name_md5(bare));
    case subject::textsig:
      return with_kind(kind::text_sig, detail::canonical_digest(bare, text_signature_size));
    case subject::category:
      return with_kind(kind::category, detail::canonical_number(bare));
    case subject::topic:
      return with_kind(kind::topic, detail::canonical_number(bare));
    case subject::heuristic:
      return with_kind(kind::heuristic, detail::canonical_number(bare));
    default:
      return with_kind(kind::av_record, detail::canonical_av_record(bare));
  }
}

std::vector<canonical_key> canonicalizer::covering(const canonical_key& key) const {
  switch (key.kind) {
    case kind::host:
    case kind::domain:
      return tables_->above_name(key);
    case kind::url:
      return tables_->above_url(key);
    case kind::av_record: {
      canonical_key any{kind::av_record, key.canonical.substr(0, key.canonical.find('\0') + 1)};
      return any == key ? keys{key} : keys{key, std::move(any)};
    }
    default:
      return {key};
  }
}

bool canonicalizer::is_public_suffix(const std::string& name) const noexcept {
  return tables_->suffixes.lists(name);
}

std::vector<canonical_key> canonicalizer::covering_among(const canonical_key& key,
                                                         const key_test& wanted) const {
  switch (key.kind) {
    case kind::host:
    case kind::domain:
      return tables_->above_name_among(key.canonical, wanted);
    case kind::url:
      return tables_->above_url_among(key.canonical, wanted);
    default: {
      keys out = covering(key);
      out.erase(out.begin());
      std::erase_if(out,
                    [&](const canonical_key& each) { return !wanted(each.kind, each.canonical); });
      return out;
    }
  }
}

}  // namespace repute::canon
