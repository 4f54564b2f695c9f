// SPDX-License-Identifier: Apache-2.0
#include "parts.hpp"

#include <array>

#include "ascii.hpp"
#include "structured_field.hpp"
#include "transfer.hpp"

namespace repute::mail::detail {
namespace {

/// A line of a multipart that divides it.
struct delimiter {
  std::size_t begin = std::string_view::npos;  ///< of the line end before it, which is part of it
  std::size_t end = 0;                         ///< where the next part begins
  bool last = false;

  [[nodiscard]] bool is_found() const noexcept { return begin != std::string_view::npos; }
};

/// What follows `--boundary` on a line: nothing, or `--`, and blanks. `end` is behind the line.
bool read_delimiter_tail(std::string_view body, std::size_t at, delimiter& out) noexcept {
  out.last = body.substr(at).starts_with("--");
  at += out.last ? 2 : 0;
  while (at < body.size() && (body[at] == ' ' || body[at] == '\t' || body[at] == '\r')) {
    ++at;
  }
  out.end = std::min(at + 1, body.size());
  return at == body.size() || body[at] == '\n';
}

/// The first delimiter at or after `from`. `line` is `--boundary`.
delimiter find_delimiter(std::string_view body, std::string_view line, std::size_t from) noexcept {
  delimiter out;
  for (std::size_t at = body.find(line, from); at != body.npos; at = body.find(line, at + 1)) {
    if ((at == 0 || body[at - 1] == '\n') && read_delimiter_tail(body, at + line.size(), out)) {
      const bool crlf = at >= 2 && body[at - 2] == '\r';
      out.begin = std::max(from, at - (crlf ? 2U : at == 0 ? 0U : 1U));
      return out;
    }
  }
  return out;
}

/// The first line that looks like a delimiter before a part's header, empty if there is none.
/// Programs read boundaries of odd fields in different ways; the parts should not depend on it.
std::string delimiter_by_its_looks(std::string_view body) {
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size() - 1);
    const std::string_view line = body.substr(0, end + 1);
    body.remove_prefix(line.size());
    if (line.starts_with("--") && starts_with_word(body, "content-")) {
      return std::string(trim(line));
    }
  }
  return {};
}

class walk {
 public:
  walk(budget& within, const part_visitor& visit) : within_(within), visit_(visit) {}

  void entity(const header& head, std::string_view body, std::size_t depth,
              std::string_view default_media) {
    if (!within_.take_part() || !within_.has_time()) {
      return;
    }
    part found;
    const std::string field = head.text("content-type");
    found.type = parse_content_type(field.empty() ? std::string(default_media) : field);
    if (found.type.media.starts_with("multipart/") && multipart(found.type, body, depth)) {
      return;
    }
    const content_disposition disposition = parse_disposition(head.text("content-disposition"));
    found.attached = disposition.attachment;
    found.name = disposition.file_name.empty() ? found.type.name : disposition.file_name;
    std::string decoded;
    const structured_field encoding(head.text("content-transfer-encoding"));
    found.content = decode_transfer(encoding.value(), body, decoded);
    if (found.is_message() && !within_.take_message(found.content.size())) {
      return;
    }
    visit_(found);
    if (found.is_message() && may_go_below(depth)) {
      std::string_view text = found.content;
      const header inner = header::read(text, within_);
      entity(inner, text, depth + 1, "text/plain");
    }
  }

 private:
  bool may_go_below(std::size_t depth) {
    if (depth + 1 < within_.limits().depth) {
      return true;
    }
    within_.meet(limit::depth);
    return false;
  }

  /// False if it has no delimiter.
  bool multipart(const content_type& type, std::string_view body, std::size_t depth) {
    std::string line = "--" + type.boundary;
    delimiter at = type.boundary.empty() ? delimiter() : find_delimiter(body, line, 0);
    if (!at.is_found()) {
      line = delimiter_by_its_looks(body);
      at = line.empty() ? delimiter() : find_delimiter(body, line, 0);
    }
    if (!at.is_found()) {
      return false;
    }
    const bool digest = type.media == "multipart/digest";
    while (!at.last && may_go_below(depth) && within_.has_time()) {
      const delimiter next = find_delimiter(body, line, at.end);
      const std::size_t end = next.is_found() ? next.begin : body.size();
      std::string_view text = body.substr(at.end, end - std::min(at.end, end));
      const header head = header::read(text, within_);
      entity(head, text, depth + 1, digest ? "message/rfc822" : "text/plain");
      if (!next.is_found()) {
        break;
      }
      at = next;
    }
    return true;
  }

  budget& within_;
  const part_visitor& visit_;
};

}  // namespace

bool part::is_message() const noexcept {
  constexpr std::array<std::string_view, 3> media{"message/rfc822", "message/global",
                                                  "message/news"};
  return std::ranges::find(media, type.media) != media.end();
}

bool part::is_html() const noexcept {
  constexpr std::array<std::string_view, 3> media{"text/html", "text/x-amp-html",
                                                  "application/xhtml+xml"};
  return std::ranges::find(media, type.media) != media.end();
}

bool part::is_text() const noexcept {
  return type.media.starts_with("text/") || type.media.starts_with("multipart/") || is_html() ||
         (type.media.starts_with("message/") && !is_message());
}

void for_each_part(const header& head, std::string_view body, budget& within,
                   const part_visitor& visit) {
  walk(within, visit).entity(head, body, 0, "text/plain");
}

}  // namespace repute::mail::detail
