// SPDX-License-Identifier: Apache-2.0
// What the tools read from a server's control socket. A line of any bytes is a value, which said
// again is read the same, or a failure; an error is never a value, and what is shown of it is fit
// for a terminal.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "cmd_counters.hpp"
#include "cmd_override.hpp"
#include "cmd_report.hpp"
#include "control_client.hpp"
#include "fold_request.hpp"
#include "fuzz/require.hpp"
#include "load/json_text.hpp"
#include "repute/seal/digest.hpp"
#include "text.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute;
using namespace repute::tool;

void check_fold(const std::string& line, bool is_error) {
  const fold_reply read = read_fold_reply(line);
  if (const auto* failed = std::get_if<load::fold_failure>(&read)) {
    require(failed->exit_code != 0);
    return;
  }
  const auto& place = std::get<std::optional<load::fold_place>>(read);
  require(!is_error && place && place->file.find_first_of("/.") == std::string::npos);
  const fold_reply again = read_fold_reply(
      fmt::format(R"({{"file":"{}","seq":{},"overlay":{},"salt":"{}"}})", place->file, place->seq,
                  place->overlay_id, seal::to_hex(place->salt_fp)));
  require(std::get<std::optional<load::fold_place>>(again) == place);
}

void check_changes(const std::string& line, bool is_error) {
  static const std::vector<named_key> sent{{{}, "one", {}}, {{}, "two", {}}};
  for (std::size_t count = 0; count <= sent.size(); ++count) {
    const auto read = read_changes(line, std::span(sent).first(count));
    if (const auto* failed = std::get_if<change_failure>(&read)) {
      require(failed->exit_code != 0);
      continue;
    }
    const auto& changes = std::get<std::vector<changed_key>>(read);
    require(!is_error && changes.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      require(changes[i].of.shown == sent[i].shown && changes[i].seq == changes[0].seq);
    }
  }
}

void require_printable(const std::string& text) {
  std::istringstream lines(text);
  for (std::string each; std::getline(lines, each);) {
    require(printable(each) == each);
  }
}

void check_overrides(const std::string& line, bool is_error) {
  const auto text = read_override_page(line, false);
  const auto json = read_override_page(line, true);
  require(text.index() == json.index());
  const auto* shown = std::get_if<override_page>(&text);
  if (shown == nullptr) {
    require(std::get<change_failure>(text).exit_code != 0);
    return;
  }
  const std::string& bare = std::get<override_page>(json).text;
  require(!is_error && load::is_utf8(bare));
  require(std::ranges::count(shown->text, '\n') == std::ranges::count(bare, '\n'));
  require_printable(shown->text);
}

void check_counters(const std::string& line, bool is_error) {
  const auto shown = show_counters(line);
  if (const auto* failed = std::get_if<change_failure>(&shown)) {
    require(failed->exit_code != 0);
    return;
  }
  require(!is_error);
  require_printable(std::get<std::string>(shown));
}

void check_texts(const std::string& line) {
  if (const auto read = read_known_texts(line)) {
    const std::string again = fmt::format(R"({{"campaigns":{},"texts":{},"ordinary_texts":{}}})",
                                          read->campaigns, read->all, read->ordinary);
    require(read_known_texts(again) == read);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(text_of(data, size));
  const auto error = error_in(line);
  require(!error || (error->exit_code > 0 && error->exit_code <= 255));
  check_fold(line, error.has_value());
  check_changes(line, error.has_value());
  check_overrides(line, error.has_value());
  check_counters(line, error.has_value());
  check_texts(line);
  const std::uint32_t generation = generation_in(line).value_or(0);
  require(generation == 0 || line.find(std::to_string(generation)) != std::string::npos);
  return 0;
}
