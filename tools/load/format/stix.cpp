// SPDX-License-Identifier: Apache-2.0
// STIX 2.1 indicators, in a bundle or alone. What their patterns say is in stix_pattern.hpp.
#include <array>

#include "load/format/json_document.hpp"
#include "load/format/stix_pattern.hpp"

namespace repute::load {
namespace {

using simdjson::SUCCESS;
namespace ondemand = simdjson::ondemand;

struct indicator {
  std::size_t offset = 0;  // of the pattern
  std::string_view type;
  std::string_view pattern;
  std::string_view pattern_type = "stix";
  std::string_view valid_from;
  std::string_view valid_until;
  std::string_view confidence;
  std::string_view name;
  std::string_view revoked;
  bool benign = false;
};

class stix_reader {
 public:
  stix_reader(text_window& window, row_sink& sink) : json_(window), sink_(sink) {}

  read_result read() {
    ondemand::document document;
    if (auto problem = json_.open(document)) {
      return problem;
    }
    ondemand::value root;
    auto error = document.get_value().get(root);
    if (error == SUCCESS) {
      error = read_object(root, true);
    }
    if (error == SUCCESS && going_on_ && !at_end(document)) {
      error = simdjson::TAPE_ERROR;
    }
    if (error != SUCCESS) {
      return json_.broken(offset_, error);
    }
    return found_ ? std::nullopt
                  : std::optional(format_problem{{}, "neither a STIX bundle nor an indicator"});
  }

 private:
  simdjson::error_code read_object(ondemand::value value, bool outermost) {
    indicator made;
    const auto error = for_members(value, [&](std::string_view name, ondemand::value member) {
      offset_ = json_.offset_of(member.raw_json_token());
      if (outermost && name == "objects") {
        found_ = true;
        return for_items(member, [&](ondemand::value item) { return read_object(item, false); });
      }
      return read_member(name, member, made);
    });
    if (error == SUCCESS && going_on_ && made.type == "indicator") {
      found_ = true;
      take(made);
    }
    return error;
  }

  simdjson::error_code read_member(std::string_view name, ondemand::value member, indicator& made) {
    if (name == "indicator_types") {
      return for_items(member, [&](ondemand::value item) {
        made.benign = made.benign || scalar_text(item) == "benign";
        return SUCCESS;
      });
    }
    struct part {
      std::string_view name;
      std::string_view* into;
    };
    const std::array<part, 8> parts{{{"type", &made.type},
                                     {"pattern", &made.pattern},
                                     {"pattern_type", &made.pattern_type},
                                     {"valid_from", &made.valid_from},
                                     {"valid_until", &made.valid_until},
                                     {"confidence", &made.confidence},
                                     {"name", &made.name},
                                     {"revoked", &made.revoked}}};
    const auto* at = std::ranges::find(parts, name, &part::name);
    if (at != parts.end()) {
      *at->into = scalar_text(member).value_or("");
    }
    if (name == "pattern") {
      made.offset = offset_;
    }
    return SUCCESS;
  }

  void take(const indicator& from) {
    if (from.revoked == "true" || from.benign || from.pattern_type != "stix") {
      sink_.skip();
      return;
    }
    const position place = json_.at(from.offset);
    if (from.pattern.size() > row_bytes_max) {
      going_on_ = sink_.reject({place, too_long_row, excerpt(from.pattern)});
      return;
    }
    const stix_pattern pattern = parse_stix_pattern(from.pattern);
    if (!pattern.problem.empty()) {
      going_on_ = sink_.reject({place, pattern.problem, from.pattern});
      return;
    }
    for (std::size_t i = 0; i < pattern.skipped; ++i) {
      sink_.skip();
    }
    for (const stix_key& key : pattern.keys) {
      if (going_on_) {
        take_key(from, key, place);
      }
    }
  }

  void take_key(const indicator& from, const stix_key& key, position place) {
    if (key.value.find('\0') != std::string::npos) {
      going_on_ = sink_.reject({place, unreadable_byte('\0'), from.pattern});
      return;
    }
    const confidence_score score(from.confidence);
    raw_row row;
    row.at = place;
    row.key = key.value;
    row.subject = key.subject;
    row.score = score.text();
    row.begins = from.valid_from;
    row.expires = from.valid_until;
    row.reason = from.name;
    row.original = from.pattern;
    going_on_ = sink_.take(row);
  }

  json_document json_;
  row_sink& sink_;
  std::size_t offset_ = 0;
  bool found_ = false;
  bool going_on_ = true;
};

}  // namespace

read_result read_stix(text_window& window, row_sink& sink) {
  return stix_reader(window, sink).read();
}

}  // namespace repute::load
