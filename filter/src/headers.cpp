// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "ascii.hpp"
#include "header.hpp"
#include "repute/mail/authentication_results.hpp"

namespace repute::mail {

namespace {

constexpr std::string_view our_prefix = "X-Spamtest-";
constexpr std::size_t value_bytes_max = 900;
constexpr std::size_t columns_max = 78;

/// The words of version 2.0, which knew four statuses.
std::string_view compat_word(message_status status) noexcept {
  switch (status) {
    case message_status::spam:
    case message_status::blacklisted:
      return "SPAM";
    case message_status::probable_spam:
      return "Probable Spam";
    case message_status::trusted:
      return "Trusted";
    default:
      return "Not detected";
  }
}

bool is_spam(message_status status) noexcept {
  return status == message_status::spam || status == message_status::blacklisted;
}

bool is_trusted_client(const status_report& report, const message_facts& message) {
  return report.status == message_status::trusted &&
         std::ranges::any_of(report.hits, [&](const hit& each) {
           return each.said.verdict == verdict::trusted &&
                  message.facts[each.fact].role == role::client;
         });
}

std::string categories_of(const status_report& report, const message_facts& message) {
  std::set<std::uint16_t> categories;
  for (const hit& each : report.hits) {
    categories.insert(category_of(each, message));
  }
  categories.erase(0);
  return fmt::format("{}", fmt::join(categories, ", "));
}

// A line break is one byte of a field's value.
void append_field(const header_field& from, std::string_view line_end, std::string& to) {
  to += from.name;
  to += ": ";
  for (const char c : from.value) {
    c == '\n' ? to += line_end : to += c;
  }
  to += line_end;
}

void append_kept(std::string_view piece, std::string& to) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const bool bare = piece[i] == '\r' && !piece.substr(i + 1).starts_with('\n');
    to += bare ? ' ' : piece[i];
  }
}

class field_list {
 public:
  void add(std::string_view name, std::string_view value) {
    fields_.push_back({std::string(name), header_value(value, name.size() + 2)});
  }
  void add_ours(std::string_view name, std::string_view value) {
    add(std::string(our_prefix).append(name), value);
  }
  std::vector<header_field> take() { return std::move(fields_); }

 private:
  std::vector<header_field> fields_;
};

void add_spam_flag(const status_report& report, int required, field_list& to) {
  if (is_spam(report.status)) {
    to.add("X-Spam-Flag", "YES");
  }
  to.add("X-Spam-Status",
         fmt::format("{}, score={} required={}", is_spam(report.status) ? "Yes" : "No", report.rate,
                     required));
  to.add("X-Spam-Score", fmt::to_string(report.rate));
}

}  // namespace

std::string header_value(std::string_view text, std::size_t name_columns) {
  std::string out;
  std::size_t column = name_columns;
  for (std::size_t at = 0; at < text.size() && out.size() < value_bytes_max;) {
    const std::size_t begin = text.find_first_not_of(' ', at);
    if (begin == text.npos) {
      break;
    }
    at = std::min(text.find(' ', begin), text.size());
    const std::string_view word =
        text.substr(begin, std::min(at - begin, value_bytes_max - out.size()));
    if (!out.empty()) {
      const bool fold = column + 1 + word.size() > columns_max;
      out += fold ? "\n " : " ";
      column = fold ? 1 : column + 1;
    }
    for (const char c : word) {
      out += c > 0x20 && c < 0x7f ? c : '?';
    }
    column += word.size();
  }
  return out;
}

std::vector<header_field> make_headers(const status_report& report, const message_facts& message,
                                       const policy& by) {
  field_list out;
  if (!by.headers.authserv_id.empty() && is_trusted_client(report, message)) {
    // RFC 8904; the zone and the address are those that Repute answers over DNS.
    out.add("Authentication-Results",
            by.headers.authserv_id +
                "; dnswl=pass dns.zone=repute.local policy.ip=127.0.0.10 policy.txt=\"trusted\"");
  }
  out.add_ours("Status-Extended", word(report.status));
  if (by.headers.compat_status) {
    out.add_ours("Status", compat_word(report.status));
  }
  out.add_ours("Rate", fmt::to_string(report.rate));
  out.add_ours("Method", report.method);
  for (const std::string& line : report.info) {
    out.add_ours("Info", line);
  }
  out.add_ours("Version", "Repute/" REPUTE_VERSION);
  out.add_ours("Envelope-From", message.sender.empty() ? "<>" : message.sender);
  out.add_ours("Group-ID", fmt::format("{:08x}", report.group));
  if (const std::string categories = categories_of(report, message); !categories.empty()) {
    out.add_ours("Categories", categories);
  }
  if (by.headers.spam_flag) {
    add_spam_flag(report, by.spam_rate, out);
  }
  return out.take();
}

std::string mark_message(std::string_view message, const std::vector<header_field>& fields,
                         const header_options& options) {
  const std::string_view line_end = detail::first_line(message).ends_with("\r\n") ? "\r\n" : "\n";
  std::string out;
  std::string_view rest = message;
  auto piece = detail::take_piece(rest);
  if (piece && piece->name.empty() && piece->whole.starts_with("From ")) {
    append_kept(piece->whole, out);
    out += out.ends_with('\n') ? "" : line_end;
    piece = detail::take_piece(rest);
  }
  for (const header_field& each : fields) {
    append_field(each, line_end, out);
  }
  for (; piece; piece = detail::take_piece(rest)) {
    const std::string_view body = piece->whole.substr(piece->whole.find(':') + 1);
    if (!is_reserved_header(piece->name, body, options)) {
      append_kept(piece->whole, out);
    }
  }
  if (!detail::is_empty_line(detail::first_line(rest))) {
    out += line_end;
  }
  out += rest;
  return out;
}

bool is_reserved_header(std::string_view name, std::string_view value,
                        const header_options& options) {
  if (detail::starts_with_word(name, "x-spamtest-")) {
    return true;
  }
  if (detail::is_word(name, "x-spam-flag") || detail::is_word(name, "x-spam-status") ||
      detail::is_word(name, "x-spam-score")) {
    return options.spam_flag;
  }
  return detail::is_word(name, "authentication-results") && !options.authserv_id.empty() &&
         authserv_id_of(value) == options.authserv_id;
}

}  // namespace repute::mail
