// SPDX-License-Identifier: Apache-2.0
// Response policy zones (draft-vixie-dnsop-dns-rpz): a zone file whose owner names are triggers and
// whose data are actions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "load/format/formats.hpp"
#include "load/format/lines.hpp"

namespace repute::load {
namespace {

constexpr std::size_t words_max = 16;  // of a record; what follows says nothing to us
constexpr std::size_t name_max = 255;
constexpr std::size_t record_lines_max = 64;
constexpr std::size_t record_bytes_max = std::size_t{64} << 10;

// The words of a record, which parentheses may spread over lines.
class record_splitter {
 public:
  /// Adds the words of a line, up to a comment. Quotes hold blanks and semicolons together.
  void add(std::string_view line) {
    while (!line.empty()) {
      const char c = line.front();
      if (c == ';') {
        return;
      }
      if (c == '(' || c == ')') {
        depth_ = c == '(' ? depth_ + 1 : std::max(depth_ - 1, 0);
        line.remove_prefix(1);
      } else if (is_blank(c)) {
        line.remove_prefix(1);
      } else {
        const std::size_t size = word_size(line);
        if (words_.size() < words_max) {
          words_.emplace_back(line.substr(0, std::min(size, name_max + 1)));
        }
        line.remove_prefix(size);
      }
    }
  }
  void clear() noexcept {
    words_.clear();
    depth_ = 0;
  }
  [[nodiscard]] bool complete() const noexcept { return depth_ == 0; }
  [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }

 private:
  static std::size_t word_size(std::string_view line) noexcept {
    if (line.front() == '"') {
      return std::min(line.find('"', 1), line.size() - 1) + 1;
    }
    return std::min(line.find_first_of(" \t;()"), line.size());
  }
  std::vector<std::string> words_;
  int depth_ = 0;
};

bool is_ttl(std::string_view word) noexcept {
  return !word.empty() && word.front() >= '0' && word.front() <= '9' &&
         word.find_first_not_of("0123456789smhdwSMHDW") == std::string_view::npos;
}

bool is_class(std::string_view word) noexcept {
  return same_ignoring_case(word, "IN") || same_ignoring_case(word, "CH") ||
         same_ignoring_case(word, "HS");
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) noexcept {
  return std::ranges::any_of(words,
                             [&](std::string_view each) { return same_ignoring_case(each, word); });
}

// Records about the zone itself, or its signatures.
bool is_administrative(std::string_view type) noexcept {
  constexpr std::array<std::string_view, 8> types{"SOA",   "NS",         "RRSIG",  "DNSKEY",
                                                  "NSEC3", "NSEC3PARAM", "ZONEMD", "NSEC"};
  return is_one_of(type, types);
}

// True if `name` ends in the labels of `suffix`, which is not empty.
bool is_under(std::string_view name, std::string_view suffix) noexcept {
  return name.size() > suffix.size() && name[name.size() - suffix.size() - 1] == '.' &&
         same_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
}

// Cuts `.SUFFIX` off. False, and nothing cut, if it is not there.
bool cut_suffix(std::string_view& name, std::string_view suffix) noexcept {
  if (!is_under(name, suffix)) {
    return false;
  }
  name.remove_suffix(suffix.size() + 1);
  return true;
}

// `24.0.2.0.192` is 192.0.2.0/24, `48.zz.db8.2001` is 2001:db8::/48. Empty if it is neither.
std::string network_of(std::string_view reversed) {
  std::array<std::string_view, 9> labels;
  std::size_t count = 0;
  for (std::string_view rest = reversed;;) {
    if (count == labels.size()) {
      return {};
    }
    const std::size_t dot = rest.find('.');
    labels[count++] = rest.substr(0, dot);
    if (dot == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(dot + 1);
  }
  if (count < 3 || labels[0].empty() || labels[0].size() > 3) {
    return {};
  }
  const std::string_view* const zz = std::find(labels.data(), labels.data() + count, "zz");
  const bool v4 = count == 5 && zz == labels.data() + count;
  std::string text;
  for (std::size_t i = count - 1; i > 0; --i) {
    if (labels[i] == "zz") {
      text += text.empty() ? "::" : ":";
    } else {
      text.append(labels[i]).append(i == 1 ? "" : v4 ? "." : ":");
    }
  }
  if (labels[1] == "zz" && !text.ends_with("::")) {
    text += ':';
  }
  return text.append("/").append(labels[0]);
}

class rpz_reader {
 public:
  explicit rpz_reader(row_sink& sink) : sink_(sink) {}

  bool take(std::string_view line, std::uint32_t number) {
    if (held_.empty()) {
      first_line_.assign(line.substr(0, row_bytes_max));
      number_ = number;
      inherits_ = !line.empty() && is_blank(line.front());
    }
    record_.add(line);
    if (!record_.complete()) {
      held_bytes_ += line.size();
      held_.push_back({std::string(line), number});
      return (held_.size() < record_lines_max && held_bytes_ <= record_bytes_max) || give_up();
    }
    const bool go_on = record_.words().empty() || take_record(record_.words());
    clear();
    return go_on;
  }

  /// Says what no line closed any more.
  void finish() {
    while (!held_.empty() && give_up()) {
    }
  }

 private:
  struct held_line {
    std::string text;
    std::uint32_t number;
  };

  // A parenthesis that somebody forgot to close costs its own line: those after it are read again.
  // They are fewer than before, so that this comes to an end.
  bool give_up() {
    const std::vector<held_line> lines = std::move(held_);
    clear();
    return reject("a parenthesis that does not close") &&
           std::all_of(lines.begin() + 1, lines.end(),
                       [this](const held_line& line) { return take(line.text, line.number); });
  }
  void clear() noexcept {
    record_.clear();
    held_.clear();
    held_bytes_ = 0;
  }

  bool reject(std::string why) { return sink_.reject({{number_, 1}, std::move(why), first_line_}); }

  bool take_record(const std::vector<std::string>& words) {
    if (words.front().starts_with('$')) {
      return take_directive(words);
    }
    auto word = words.begin();
    if (!inherits_) {
      owner_ = *word++;
    } else if (owner_.empty()) {
      return reject("a record without a name before it");
    }
    while (word != words.end() && (is_ttl(*word) || is_class(*word))) {
      ++word;
    }
    if (word == words.end()) {
      return reject("a record without a type");
    }
    const std::string& type = *word++;
    if (same_ignoring_case(type, "SOA") && !apex_known_) {
      apex_ = full_name(owner_);
      apex_known_ = true;
    }
    if (is_administrative(type)) {
      return true;
    }
    if (word == words.end()) {
      return reject("a record without data");
    }
    return take_trigger(type, *word);
  }

  bool take_directive(const std::vector<std::string>& words) {
    if (same_ignoring_case(words[0], "$ORIGIN") && words.size() > 1) {
      origin_ = full_name(words[1]);
      if (!apex_known_) {
        apex_ = origin_;
        apex_known_ = true;
      }
      return true;
    }
    return same_ignoring_case(words[0], "$TTL") ||
           reject(fmt::format("\"{}\" is not followed", words[0].substr(0, 40)));
  }

  // Without the dot at the end; a relative name under the origin.
  [[nodiscard]] std::string full_name(std::string_view name) const {
    if (name == "@") {
      return origin_;
    }
    if (name.ends_with('.')) {
      return std::string(name.substr(0, name.size() - 1));
    }
    return origin_.empty() ? std::string(name) : std::string(name) + "." + origin_;
  }

  bool take_trigger(std::string_view type, std::string_view data) {
    const std::string full = full_name(owner_);
    if (full == apex_) {
      return true;  // an address of the zone's own name
    }
    std::string_view trigger = full;
    if (!apex_.empty() && !cut_suffix(trigger, apex_)) {
      return reject(fmt::format("a name outside of the zone {}", apex_));
    }
    raw_row row;
    row.at = {number_, 1};
    row.original = first_line_;
    std::string_view address = trigger;
    const bool is_address = cut_suffix(address, "rpz-ip");
    if (!decide(type, data, {full, trigger, address}, row)) {
      sink_.skip();
      return true;
    }
    std::string network;
    if (is_address) {
      network = network_of(address);
      if (network.empty()) {
        return reject("not a network in the form of rpz-ip");
      }
      row.key = network;
      row.subject = subject::ip;
      return sink_.take(row);
    }
    for (const std::string_view other : {"rpz-client-ip", "rpz-nsip", "rpz-nsdname"}) {
      if (is_under(trigger, other)) {
        sink_.skip();  // about who asks, or about name servers
        return true;
      }
    }
    row.subject = subject::domain;
    row.match = trigger.starts_with("*.") ? name_match::subdomains : name_match::exact;
    row.key = trigger.substr(row.match == name_match::subdomains ? 2 : 0);
    return sink_.take(row);
  }

  // What the action means; false if it lists nothing. `own` are the names of the trigger: whole,
  // without the zone's, and without the label of addresses. A target that is one of them is how
  // rpz-passthru was written before version 2 of the draft.
  static bool decide(std::string_view type, std::string_view data,
                     const std::array<std::string_view, 3>& own, raw_row& row) {
    const std::string_view target = data.ends_with('.') ? data.substr(0, data.size() - 1) : data;
    if (!same_ignoring_case(type, "CNAME")) {
      row.reason = "answered with other data";
    } else if (same_ignoring_case(target, "rpz-passthru") || is_one_of(target, own)) {
      row.exclusion = true;
    } else if (same_ignoring_case(target, "rpz-tcp-only")) {
      return false;
    } else if (data == ".") {
      row.reason = "NXDOMAIN";
    } else if (data == "*.") {
      row.reason = "NODATA";
    } else if (same_ignoring_case(target, "rpz-drop")) {
      row.reason = "dropped";
    } else {
      row.reason = "answered with other data";
    }
    return true;
  }

  row_sink& sink_;
  record_splitter record_;
  std::vector<held_line> held_;  // of a record that is not complete
  std::size_t held_bytes_ = 0;
  std::string first_line_;  // of the record: lines in between are gone from the window
  std::uint32_t number_ = 0;
  bool inherits_ = false;
  std::string owner_;
  std::string origin_;
  std::string apex_;  // the zone's own name: what is cut off its names
  bool apex_known_ = false;
};

}  // namespace

read_result read_rpz(text_window& window, row_sink& sink) {
  rpz_reader reader(sink);
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    return reader.take(line, number);
  });
  reader.finish();
  return std::nullopt;
}

}  // namespace repute::load
