// SPDX-License-Identifier: Apache-2.0
#include "senders.hpp"

#include "addresses.hpp"
#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

void add_address(std::string_view address, role where, fact_list& to) {
  if (to.add(subject::email, where, address)) {
    to.add(subject::email_md5, where, address, std::string(address));
  }
  to.add(subject::domain, where, domain_of(address));
}

void add_ip(const canon::ip_prefix& address, role where, fact_list& to) {
  to.add(subject::ip, where, canon::address_key(address));
}

/// Host of an address as List-* fields have them: `mailto:a@b?subject=c`, `https://a/b`.
std::string_view host_of(std::string_view address) noexcept {
  if (starts_with_word(address, "mailto:")) {
    return domain_of(address.substr(0, address.find('?')));
  }
  const std::size_t begin = address.find("//");
  if (begin == address.npos) {
    return {};
  }
  std::string_view host = address.substr(begin + 2);
  host = host.substr(0, host.find_first_of("/?#\\"));
  host = host.substr(host.rfind('@') + 1);
  return host.substr(0, host.find(':'));
}

void add_list_field(const header_field& field, fact_list& to) {
  const std::string body = unfolded(field.body);
  if (is_word(field.name, "list-id")) {
    const auto ids = bracketed(body);
    to.add(subject::domain, role::list, ids.empty() ? std::string_view(body) : ids.back());
    return;
  }
  for (const std::string_view address : bracketed(body)) {
    to.add(subject::domain, role::list, host_of(address));
  }
}

}  // namespace

std::optional<std::string> find_sender(const header& head, const envelope& from) {
  if (from.has_sender) {
    return from.mail_from;
  }
  if (!head.has("return-path")) {
    return std::nullopt;
  }
  const auto addresses = addresses_in(head.text("return-path"));
  return addresses.empty() ? std::string() : addresses.front();
}

void add_sender_facts(const header& head, const envelope& from, const route& way,
                      const std::optional<std::string>& sender, fact_list& to) {
  if (way.client) {
    add_ip(*way.client, role::client, to);
  }
  for (const canon::ip_prefix& relay : way.relays) {
    add_ip(relay, role::relay, to);
  }
  to.add(subject::domain, role::helo, from.helo);
  if (sender && !sender->empty()) {
    add_address(*sender, role::mail_from, to);
  }
  for (const header_field& field : head.fields()) {
    if (is_word(field.name, "from")) {
      for (const std::string& address : addresses_in(unfolded(field.body))) {
        add_address(address, role::from, to);
      }
    } else if (is_word(field.name, "reply-to")) {
      for (const std::string& address : addresses_in(unfolded(field.body))) {
        to.add(subject::domain, role::reply_to, domain_of(address));
      }
    } else if (is_word(field.name, "message-id")) {
      const std::string body = unfolded(field.body);
      to.add(subject::domain, role::message_id, domain_of(body.substr(0, body.find('>'))));
    } else if (starts_with_word(field.name, "list-")) {
      add_list_field(field, to);
    }
  }
}

}  // namespace repute::mail::detail
