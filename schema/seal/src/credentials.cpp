// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/credentials.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "parsed_secret_file.hpp"
#include "repute/seal/digest.hpp"

namespace repute::seal {

namespace {

constexpr std::string_view master_head = "repute master keys 1\n";
constexpr std::string_view credentials_head = "repute credentials 1\n";
constexpr std::string_view master_what = "master keys";
constexpr std::string_view credentials_what = "credentials";
constexpr std::string_view check_word = "check ";
constexpr std::size_t name_size_max = 63;
// Sixteen lines of a slot are the most that any of these files has.
constexpr std::size_t file_bytes_max = 2048;

void append_hex(secret_string& to, byte_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {  // to_hex() would leave a copy behind
    const std::array<char, 2> pair{digits[byte >> 4], digits[byte & 15]};
    to.append({pair.data(), pair.size()});
  }
}

void append_field(secret_string& to, std::string_view name, std::string_view value) {
  to.append(name);
  to.append(" ");
  to.append(value);
  to.append("\n");
}

void append_field(secret_string& to, std::string_view name, byte_view value) {
  to.append(name);
  to.append(" ");
  append_hex(to, value);
  to.append("\n");
}

std::string check_of(std::string_view lines) {
  const sha256_digest digest = sha256(bytes_of(lines));
  return to_hex(byte_view(digest).first(8));
}

void append_check(secret_string& to) {
  const std::string check = check_of(to.view());
  to.append(check_word);
  to.append(check);
  to.append("\n");
}

template <class Number>
bool read_number(std::string_view text, Number& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// Takes a text apart, line by line and word by word. Whether it was written as it must be is told
// by writing it again: so numbers and digits may be read leniently here.
class text_reader {
 public:
  explicit text_reader(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  /// The rest of a line that begins with `name` and a space; nothing if the next line does not.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) noexcept {
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    if (end == std::string_view::npos || !line.starts_with(name) || line.size() <= name.size() ||
        line[name.size()] != ' ') {
      return std::nullopt;
    }
    rest_.remove_prefix(end + 1);
    return line.substr(name.size() + 1);
  }

  [[nodiscard]] bool bytes(std::string_view name, byte_span out) noexcept {
    const auto text = field(name);
    return text && from_hex(*text, out);
  }

  template <class Number>
  [[nodiscard]] bool number(std::string_view name, Number& out) noexcept {
    const auto text = field(name);
    return text && read_number(*text, out);
  }

 private:
  std::string_view rest_;
};

// The lines between head and check, if both are right.
std::optional<std::string_view> framed(std::string_view text, std::string_view head,
                                       std::string_view what, std::string& problem) {
  const std::size_t tail = check_word.size() + 16 + 1;
  if (!text.starts_with(head) || text.size() < head.size() + tail) {
    problem = "not " + std::string(what) + " of this version";
    return std::nullopt;
  }
  const std::string_view lines = text.substr(0, text.size() - tail);
  if (text.substr(lines.size()) != std::string(check_word) + check_of(lines) + "\n") {
    problem = "damaged: its check is wrong";
    return std::nullopt;
  }
  return lines.substr(head.size());
}

bool read_slot(text_reader& from, master_keys& to) {
  const auto line = from.field("slot");
  const std::size_t space = line ? line->find(' ') : std::string_view::npos;
  std::uint8_t slot = 0;
  if (space == std::string_view::npos || !read_number(line->substr(0, space), slot) ||
      slot >= slots_max) {
    return false;
  }
  master_key& made = to.slots[slot].emplace();
  return from_hex(line->substr(space + 1), made.bytes());
}

bool read_client(text_reader& from, credentials& to) {
  const auto name = from.field("name");
  if (!name || !from.number("client", to.client_id) || !from.number("slot", to.slot)) {
    return false;
  }
  to.name = *name;
  const auto suite = from.field("suite");
  const auto known = suite ? parse_cipher_suite(*suite) : std::nullopt;
  if (!known) {
    return false;
  }
  to.suite = *known;
  return from.bytes("psk", to.keys.psk.bytes()) && from.bytes("mac", to.keys.mac.bytes()) &&
         from.bytes("salt", to.salt.bytes) && from.at_end() && is_client_name(to.name) &&
         is_client_id(to.client_id) && to.slot < slots_max;
}

}  // namespace

std::optional<std::uint8_t> master_keys::newest() const noexcept {
  for (std::size_t slot = slots.size(); slot-- > 0;) {
    if (slots[slot] && !slots[(slot + 1) % slots.size()]) {
      return static_cast<std::uint8_t>(slot);
    }
  }
  return std::nullopt;
}

bool is_client_name(std::string_view name) noexcept {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._";
  return !name.empty() && name.size() <= name_size_max &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

secret_string encode_master_keys(const master_keys& from) {
  secret_string out(file_bytes_max);
  out.append(master_head);
  for (std::size_t slot = 0; slot < from.slots.size(); ++slot) {
    if (from.slots[slot]) {
      append_field(out, "slot " + std::to_string(slot), from.slots[slot]->view());
    }
  }
  append_check(out);
  return out;
}

secret_string encode_credentials(const credentials& from) {
  secret_string out(file_bytes_max);
  out.append(credentials_head);
  append_field(out, "name", from.name);
  append_field(out, "client", std::to_string(from.client_id));
  append_field(out, "slot", std::to_string(from.slot));
  append_field(out, "suite", word(from.suite));
  append_field(out, "psk", from.keys.psk.view());
  append_field(out, "mac", from.keys.mac.view());
  append_field(out, "salt", from.salt.bytes);
  append_check(out);
  return out;
}

std::optional<master_keys> parse_master_keys(std::string_view text, std::string& problem) {
  const auto lines = framed(text, master_head, master_what, problem);
  if (!lines) {
    return std::nullopt;
  }
  master_keys out;
  text_reader from(*lines);
  bool good = true;
  while (good && !from.at_end()) {
    good = read_slot(from, out);
  }
  if (!good || !out.newest() || encode_master_keys(out).view() != text) {
    problem = "a line is not as it must be";
    return std::nullopt;
  }
  return out;
}

std::optional<credentials> parse_credentials(std::string_view text, std::string& problem) {
  const auto lines = framed(text, credentials_head, credentials_what, problem);
  if (!lines) {
    return std::nullopt;
  }
  credentials out;
  text_reader from(*lines);
  if (!read_client(from, out) || encode_credentials(out).view() != text) {
    problem = "a line is not as it must be";
    return std::nullopt;
  }
  return out;
}

std::variant<master_keys, secret_file_failure> read_master_keys(const std::string& path) {
  return read_parsed(master_what, path, file_bytes_max, parse_master_keys);
}

std::variant<credentials, secret_file_failure> read_credentials(const std::string& path) {
  return read_parsed(credentials_what, path, file_bytes_max, parse_credentials);
}

std::variant<std::monostate, secret_file_failure> write_master_keys(const std::string& path,
                                                                    const master_keys& keys) {
  return write_secret_file(master_what, path, encode_master_keys(keys).view());
}

std::variant<std::monostate, secret_file_failure> replace_master_keys(const std::string& path,
                                                                      const master_keys& keys) {
  return replace_secret_file(master_what, path, encode_master_keys(keys).view());
}

std::variant<std::monostate, secret_file_failure> write_credentials(const std::string& path,
                                                                    const credentials& of) {
  return write_secret_file(credentials_what, path, encode_credentials(of).view());
}

}  // namespace repute::seal
