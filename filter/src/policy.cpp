// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <variant>

#include "ascii.hpp"
#include "read_file.hpp"
#include "toml_table.hpp"

namespace repute::mail {

namespace {

/// What is wrong with a value; empty for nothing.
using wrong = std::string;

wrong add_network(const std::string& text, std::vector<canon::ip_prefix>& to) {
  const auto read = canon::parse_prefix(text);
  if (const auto* problem = std::get_if<canon::error>(&read)) {
    return fmt::format("'{}': {}", text, canon::message(*problem));
  }
  to.push_back(std::get<canon::ip_prefix>(read));
  return {};
}

/// A domain, or an address of mail if it has an `@`.
wrong add_name(const std::string& text, const canon::canonicalizer& canon, name_list& to) {
  const bool is_address = text.find('@') != text.npos;
  const auto read = canon.canonical(is_address ? subject::email : subject::domain, text);
  if (const auto* problem = std::get_if<canon::error>(&read)) {
    return fmt::format("'{}': {}", text, canon::message(*problem));
  }
  const std::string& name = std::get<canonical_key>(read).canonical;
  if (is_address) {
    to.addresses.insert(detail::lower(name));
  } else {
    to.domains.insert(name);
  }
  return {};
}

class policy_reader {
 public:
  explicit policy_reader(const canon::canonicalizer& canon) : canon_(canon) {}

  policy read(toml_table& root) {
    root.refuse_unknown({"received", "allow", "block", "group", "formal", "thresholds",
                         "text_signature", "weights", "headers"});
    root.table("received", [this](toml_table& table) { read_received(table); });
    root.table("allow", [this](toml_table& table) { read_parties(table, out_.allow); });
    root.table("block", [this](toml_table& table) { read_parties(table, out_.block); });
    root.tables("group", [this](toml_table& table) { read_group(table); });
    root.table("formal", [this](toml_table& table) { read_formal(table); });
    root.table("thresholds", [this](toml_table& table) { read_thresholds(table); });
    root.table("text_signature", [this](toml_table& table) {
      table.refuse_unknown({"acting_votes", "common_phrases"});
      table.number("acting_votes", 4, 85, out_.acting_votes);
      table.file_name("common_phrases", out_.common_phrases);
    });
    root.table("weights", [this](toml_table& table) { read_weights(table); });
    root.table("headers", [this](toml_table& table) { read_headers(table); });
    return std::move(out_);
  }

 private:
  void read_received(toml_table& table) {
    constexpr std::int64_t hops_max = 100;
    table.refuse_unknown({"networks", "hops", "authserv_id"});
    table.texts("networks", [this](const std::string& text) {
      return add_network(text, out_.extraction.trusted_networks);
    });
    table.number("hops", 0, hops_max, out_.extraction.trusted_hops);
    read_host(table, "authserv_id", out_.believed_authserv_id);
  }

  void read_host(toml_table& table, std::string_view key, std::string& out) {
    table.text(key, [&](const std::string& text) -> wrong {
      const auto read = canon_.canonical(subject::domain, text);
      const auto* name = std::get_if<canonical_key>(&read);
      if (name == nullptr) {
        return fmt::format("'{}' is no name of a host", text);
      }
      out = name->canonical;
      return {};
    });
  }

  void read_parties(toml_table& table, party_list& out) {
    table.refuse_unknown({"networks", "senders"});
    table.texts("networks",
                [&](const std::string& text) { return add_network(text, out.networks); });
    table.texts("senders",
                [&](const std::string& text) { return add_name(text, canon_, out.senders); });
  }

  void read_group(toml_table& table) {
    recipient_group& out = out_.groups.emplace_back();
    table.refuse_unknown({"id", "scan", "recipients"});
    table.number("id", 1, UINT32_MAX, out.id);
    table.flag("scan", out.scan);
    table.texts("recipients",
                [&](const std::string& text) { return add_name(text, canon_, out.recipients); });
    const auto same_id = [&](const recipient_group& other) { return other.id == out.id; };
    if (!table.has("id") || !table.has("recipients")) {
      table.say("a group needs an id and recipients");
    } else if (std::count_if(out_.groups.begin(), out_.groups.end(), same_id) > 1) {
      table.say(fmt::format("a second group with id {}", out.id));
    }
  }

  void read_formal(toml_table& table) {
    table.refuse_unknown({"automatic", "verdicts"});
    table.flag("verdicts", out_.formal_verdicts);
    if (table.has("automatic")) {
      out_.formal_automatic.reset();
    }
    table.texts("automatic", [this](const std::string& text) -> wrong {
      for (std::size_t i = 1; i < automatic_count; ++i) {
        if (text == word(static_cast<automatic>(i))) {
          out_.formal_automatic.set(i);
          return {};
        }
      }
      return fmt::format("'{}' is not one of delivery_report, auto_reply, virus_notice", text);
    });
  }

  void read_thresholds(toml_table& table) {
    table.refuse_unknown({"spam", "probable_spam"});
    table.number("spam", 1, 100, out_.spam_rate);
    table.number("probable_spam", 1, 100, out_.probable_spam_rate);
    if (out_.probable_spam_rate > out_.spam_rate) {
      table.say(fmt::format("probable_spam ({}) must not be above spam ({})",
                            out_.probable_spam_rate, out_.spam_rate));
    }
  }

  void read_weights(toml_table& table) {
    table.refuse_unknown({"role", "kind", "limit"});
    table.share("limit", out_.limit_weight);
    table.table("role", [this](toml_table& roles) {
      read_shares(roles, out_.role_weight, [](std::size_t i) { return word(role(i)); });
    });
    table.table("kind", [this](toml_table& kinds) {
      read_shares(kinds, out_.kind_weight, [](std::size_t i) { return word(subject(i)); });
    });
  }

  template <std::size_t Size, class Name>
  void read_shares(toml_table& table, std::array<double, Size>& out, Name name) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < Size; ++i) {
      names.push_back(name(i));
      table.share(names.back(), out[i]);
    }
    table.refuse_unknown(names);
  }

  void read_headers(toml_table& table) {
    table.refuse_unknown({"compat_status", "spam_flag", "authserv_id"});
    table.flag("compat_status", out_.headers.compat_status);
    table.flag("spam_flag", out_.headers.spam_flag);
    read_host(table, "authserv_id", out_.headers.authserv_id);
  }

  const canon::canonicalizer& canon_;
  policy out_;
};

bool covers(const canon::ip_prefix& network, const canonical_key& address) noexcept {
  if (network.v6 != (address.kind == kind::ip6) || !is_ip(address.kind) ||
      address.canonical.size() != key_size(address.kind)) {
    return false;
  }
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(address.canonical[i]); };
  const std::size_t whole = network.length / 8U;
  for (std::size_t i = 0; i < whole; ++i) {
    if (byte(i) != network.address[i]) {
      return false;
    }
  }
  const auto mask = static_cast<std::uint8_t>(0xff00U >> (network.length % 8U));
  return mask == 0 || (byte(whole) & mask) == network.address[whole];
}

}  // namespace

bool name_list::has_domain(std::string_view domain) const {
  for (;;) {
    if (domains.contains(domain)) {
      return true;
    }
    const std::size_t dot = domain.find('.');
    if (dot == domain.npos) {
      return false;
    }
    domain.remove_prefix(dot + 1);
  }
}

bool name_list::has_address(std::string_view address) const {
  const std::string low = detail::lower(address);
  const std::size_t at = low.rfind('@');
  return addresses.contains(low) ||
         (at != low.npos && has_domain(std::string_view(low).substr(at + 1)));
}

bool party_list::has_client(const canonical_key& address) const noexcept {
  return std::ranges::any_of(networks,
                             [&](const canon::ip_prefix& each) { return covers(each, address); });
}

policy read_policy(std::string_view text, std::string_view path, const canon::canonicalizer& canon,
                   std::vector<std::string>& problems) {
  policy out;
  read_toml(text, path, policy_bytes_max, problems,
            [&](toml_table& root) { out = policy_reader(canon).read(root); });
  return out;
}

policy read_policy_file(const std::string& path, const canon::canonicalizer& canon,
                        std::vector<std::string>& problems) {
  std::string problem;
  const auto text = detail::read_file(path, policy_bytes_max, problem);
  if (!text) {
    problems.push_back(std::move(problem));
    return {};
  }
  return read_policy(*text, path, canon, problems);
}

}  // namespace repute::mail
