// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/server_list.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <set>
#include <utility>

#include "repute/seal/digest.hpp"

namespace repute::seal {

namespace {

constexpr std::string_view first_line = "repute servers 1";
constexpr std::string_view signed_domain = "repute server list signature 1\n";
constexpr std::size_t name_max = 253;
constexpr std::size_t label_max = 63;

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  return ::inet_pton(family, text.c_str(), bytes.data()) == 1 &&
         ::inet_ntop(family, bytes.data(), shown.data(), shown.size()) != nullptr &&
         text == shown.data();  // one spelling for one address
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_max && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > name_max) {
    return false;
  }
  std::string_view label;
  for (std::size_t begin = 0; begin <= text.size(); begin += label.size() + 1) {
    label = text.substr(begin, text.find('.', begin) - begin);
    if (!is_label(label)) {
      return false;
    }
  }
  // What ends in a number is an address or nothing: never leave it to a resolver to guess.
  return label.front() < '0' || label.front() > '9';
}

// All lines that the signature covers.
std::string signed_part(const server_list& list, const public_key& key) {
  std::string text = std::string(first_line) + "\nversion " + std::to_string(list.version) +
                     "\nepoch " + std::to_string(list.data_epoch) + "\n";
  for (const server_entry& server : list.servers) {
    text += "server " + server.address + " " + std::to_string(server.port) + " " +
            std::to_string(server.bias_us) + "\n";
  }
  return text + "key " + to_string(key) + "\n";
}

std::string signature_line(const signature& made) {
  return "signature " + to_hex(made) + "\n";
}

std::string signed_message(std::string_view covered) {
  return std::string(signed_domain) + std::string(covered);
}

// Takes lines of words off a text.
class line_reader {
 public:
  explicit line_reader(std::string_view text) : rest_(text) {}

  // The words after `word` if the next line begins with it, else nothing is taken.
  std::optional<std::string_view> next(std::string_view word) {
    line_ += std::exchange(taken_, false) ? 1 : 0;
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    if (end == std::string_view::npos || line.size() <= word.size() + 1 ||
        !line.starts_with(word) || line[word.size()] != ' ') {
      return std::nullopt;
    }
    rest_.remove_prefix(end + 1);
    taken_ = true;
    return line.substr(word.size() + 1);
  }
  // The line looked at last.
  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

 private:
  std::string_view rest_;
  std::size_t line_ = 1;
  bool taken_ = false;
};

template <class T>
bool parse_number(std::optional<std::string_view> text, T& out) {
  if (!text) {
    return false;
  }
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out);
  return error == std::errc() && end == text->data() + text->size();
}

bool parse_server(std::string_view text, server_entry& out) {
  const std::size_t port_at = text.find(' ');
  const std::size_t bias_at = text.rfind(' ');
  if (port_at == std::string_view::npos || port_at == bias_at) {
    return false;
  }
  out.address = text.substr(0, port_at);
  return parse_number(text.substr(port_at + 1, bias_at - port_at - 1), out.port) &&
         parse_number(text.substr(bias_at + 1), out.bias_us);
}

// False if a line is missing or broken: the one that lines.line() tells.
bool parse_lines(line_reader& lines, signed_server_list& out) {
  const auto first = lines.next("repute");
  if (!first || first != first_line.substr(7) ||
      !parse_number(lines.next("version"), out.list.version) ||
      !parse_number(lines.next("epoch"), out.list.data_epoch)) {
    return false;
  }
  while (const auto server = lines.next("server")) {
    if (out.list.servers.size() == server_list_entries_max ||
        !parse_server(*server, out.list.servers.emplace_back())) {
      return false;
    }
  }
  const auto key = lines.next("key");
  const auto parsed = parse_public_key(key.value_or(std::string_view()));
  const auto made = parsed ? lines.next("signature") : std::nullopt;
  if (!made || !from_hex(*made, out.by.made)) {
    return false;
  }
  out.by.key = *parsed;
  return true;
}

}  // namespace

std::optional<std::string> problem_of(const server_list& list) {
  if (list.version == 0) {
    return "version 0 is none: versions begin at 1";
  }
  if (list.servers.empty() || list.servers.size() > server_list_entries_max) {
    return "needs 1 to " + std::to_string(server_list_entries_max) + " servers";
  }
  std::set<std::pair<std::string_view, std::uint16_t>> seen;
  for (const server_entry& server : list.servers) {
    if (!is_address(AF_INET, server.address) && !is_address(AF_INET6, server.address) &&
        !is_name(server.address)) {
      return "\"" + server.address +
             "\" is neither an address in its shortest form nor a name in lower case";
    }
    if (server.port == 0) {
      return server.address + ": port 0 is none";
    }
    if (server.bias_us > server_bias_us_max) {
      return server.address + ": bias_us is above " + std::to_string(server_bias_us_max);
    }
    if (!seen.emplace(server.address, server.port).second) {
      return server.address + ": twice with the same port";
    }
  }
  return std::nullopt;
}

std::optional<std::string> sign_server_list(const server_list& list, const signing_key& key) {
  assert(!problem_of(list));
  std::string text = signed_part(list, key.public_half());
  text += signature_line(key.sign(bytes_of(signed_message(text))));
  return text.size() > server_list_bytes_max ? std::nullopt : std::optional(std::move(text));
}

std::optional<signed_server_list> decode_server_list(std::string_view text, std::string& problem) {
  if (text.size() > server_list_bytes_max) {
    problem = "longer than 64 KiB";
    return std::nullopt;
  }
  line_reader lines(text);
  signed_server_list out;
  if (!parse_lines(lines, out)) {
    problem = "line " + std::to_string(lines.line()) + " is not what a list of servers has there";
    return std::nullopt;
  }
  if (!lines.empty()) {
    problem = "something follows its signature";
    return std::nullopt;
  }
  if (auto wrong = problem_of(out.list)) {
    problem = std::move(*wrong);
    return std::nullopt;
  }
  if (signed_part(out.list, out.by.key) + signature_line(out.by.made) != text) {
    problem = "a number or digest is not in its shortest form";
    return std::nullopt;
  }
  return out;
}

bool verify_server_list(std::string_view text, const signed_server_list& from) {
  const std::string_view covered = text.substr(0, text.size() - signature_line({}).size());
  return verify(from.by.key, bytes_of(signed_message(covered)), from.by.made);
}

}  // namespace repute::seal
