// SPDX-License-Identifier: Apache-2.0
// Events of a MISP feed: {"Event": {"info", "Attribute": [...], "Object": [{"Attribute": [...]}]}}.
// Attributes that are not meant for detection (to_ids), or are deleted, are skipped.
#include <array>
#include <vector>

#include "load/format/json_document.hpp"

namespace repute::load {
namespace {

using simdjson::SUCCESS;
namespace ondemand = simdjson::ondemand;

// Kinds of the parts of a value, which `|` separates; a part that is no key has none.
struct attribute_kind {
  std::string_view type;
  std::optional<subject> first;
  std::optional<subject> second = std::nullopt;
};
constexpr std::array<attribute_kind, 19> attribute_kinds{{
    {"ip-src", subject::ip},
    {"ip-dst", subject::ip},
    {"ip-src|port", subject::ip},
    {"ip-dst|port", subject::ip},
    {"domain", subject::domain},
    {"hostname", subject::domain},
    {"hostname|port", subject::domain},
    {"domain|ip", subject::domain, subject::ip},
    {"url", subject::url},
    {"link", subject::url},
    {"md5", subject::md5},
    {"sha256", subject::sha256},
    {"filename|md5", std::nullopt, subject::md5},
    {"filename|sha256", std::nullopt, subject::sha256},
    {"malware-sample", std::nullopt, subject::md5},
    {"email", subject::email},
    {"email-src", subject::email},
    {"email-dst", subject::email},
    {"email-reply-to", subject::email},
}};

const attribute_kind* kind_of(std::string_view type) noexcept {
  const auto* at = std::ranges::find(attribute_kinds, type, &attribute_kind::type);
  return at == attribute_kinds.end() ? nullptr : at;
}

struct attribute {
  std::size_t offset = 0;  // of the value
  const attribute_kind* kind = nullptr;
  std::string_view value;
  std::string_view comment;
};

// Where the value's second part begins, behind a `|`. A digest holds none, a file's name may.
std::size_t bar_of(const attribute& from) noexcept {
  const bool composite =
      from.kind->type == "malware-sample" || from.kind->type.find('|') != std::string_view::npos;
  return !composite         ? std::string_view::npos
         : from.kind->first ? from.value.find('|')
                            : from.value.rfind('|');
}

class misp_event_reader {
 public:
  misp_event_reader(text_window& window, row_sink& sink) : json_(window), sink_(sink) {}

  read_result read() {
    ondemand::document document;
    if (auto problem = json_.open(document)) {
      return problem;
    }
    ondemand::value root;
    auto error = document.get_value().get(root);
    if (error == SUCCESS) {
      error = read_value(root, 0);
    }
    if (error == SUCCESS && !at_end(document)) {
      error = simdjson::TAPE_ERROR;
    }
    if (error != SUCCESS) {
      return json_.broken(offset_, error);
    }
    return found_ ? std::nullopt
                  : std::optional(format_problem{{}, "no \"Event\" in it: not a MISP event"});
  }

 private:
  // Events stand alone, in an array, or in the "response" of an export.
  simdjson::error_code read_value(ondemand::value value, int depth) {
    constexpr int depth_max = 4;
    ondemand::json_type type{};
    if (const auto error = value.type().get(type); error != SUCCESS || depth > depth_max) {
      return error;
    }
    if (type == ondemand::json_type::array) {
      return for_items(value, [&](ondemand::value item) { return read_value(item, depth + 1); });
    }
    return type == ondemand::json_type::object ? read_members(value, depth) : SUCCESS;
  }

  simdjson::error_code read_members(ondemand::value value, int depth) {
    return for_members(value, [&](std::string_view name, ondemand::value member) {
      offset_ = json_.offset_of(member.raw_json_token());
      if (name == "Event") {
        found_ = true;
        return read_event(member);
      }
      return name == "response" ? read_value(member, depth + 1) : SUCCESS;
    });
  }

  // Members come in any order: what the attributes mean is known at the end of the event.
  simdjson::error_code read_event(ondemand::value value) {
    attributes_.clear();
    info_ = {};
    const auto error = for_members(value, [&](std::string_view name, ondemand::value member) {
      if (name == "info") {
        info_ = scalar_text(member).value_or("");
        return SUCCESS;
      }
      if (name == "Attribute") {
        return read_attributes(member);
      }
      return name == "Object"
                 ? for_items(member, [&](ondemand::value item) { return read_object(item); })
                 : SUCCESS;
    });
    for (const attribute& each : attributes_) {
      if (!going_on_) {
        break;
      }
      take(each);
    }
    return error;
  }

  simdjson::error_code read_object(ondemand::value value) {
    const std::size_t before = attributes_.size();
    bool deleted = false;
    const auto error = for_members(value, [&](std::string_view name, ondemand::value member) {
      if (name == "deleted") {
        deleted = is_true(member);
        return SUCCESS;
      }
      return name == "Attribute" ? read_attributes(member) : SUCCESS;
    });
    for (; deleted && attributes_.size() > before; attributes_.pop_back()) {
      sink_.skip();
    }
    return error;
  }

  simdjson::error_code read_attributes(ondemand::value value) {
    return for_items(value, [&](ondemand::value item) { return read_attribute(item); });
  }

  // Only what may become a row is kept: an export may hold millions of others.
  simdjson::error_code read_attribute(ondemand::value value) {
    attribute made;
    bool wanted = false;
    bool deleted = false;
    const auto error = for_members(value, [&](std::string_view name, ondemand::value member) {
      if (name == "value") {
        made.offset = offset_ = json_.offset_of(member.raw_json_token());
        made.value = scalar_text(member).value_or("");
      } else if (name == "type") {
        made.kind = kind_of(scalar_text(member).value_or(""));
      } else if (name == "comment") {
        made.comment = scalar_text(member).value_or("");
      } else if (name == "to_ids") {
        wanted = is_true(member);
      } else if (name == "deleted") {
        deleted = is_true(member);
      }
      return SUCCESS;
    });
    if (wanted && !deleted && made.kind != nullptr) {
      attributes_.push_back(made);
    } else {
      sink_.skip();
    }
    return error;
  }

  // Exports write booleans in three ways.
  static bool is_true(ondemand::value value) {
    const auto text = scalar_text(value);
    return text == "true" || text == "1";
  }

  void take(const attribute& from) {
    const std::size_t bar = bar_of(from);
    if (from.kind->first) {
      take_part(from, *from.kind->first, from.value.substr(0, bar));
    }
    if (from.kind->second && going_on_) {
      take_part(from, *from.kind->second,
                bar == std::string_view::npos ? std::string_view() : from.value.substr(bar + 1));
    }
  }

  void take_part(const attribute& from, subject kind, std::string_view key) {
    const position place = json_.at(from.offset);
    const bool nul = from.value.find('\0') != std::string_view::npos;
    if (nul || from.value.size() > row_bytes_max) {
      going_on_ =
          sink_.reject({place, nul ? unreadable_byte('\0') : too_long_row, excerpt(from.value)});
      return;
    }
    raw_row row;
    row.at = place;
    row.key = trim(key);
    row.subject = kind;
    row.reason = from.comment.empty() ? info_ : from.comment;
    row.original = from.value;
    going_on_ = sink_.take(row);
  }

  json_document json_;
  row_sink& sink_;
  std::vector<attribute> attributes_;  // of the event; texts live in the parser
  std::string_view info_;
  std::size_t offset_ = 0;
  bool found_ = false;
  bool going_on_ = true;
};

}  // namespace

read_result read_misp_event(text_window& window, row_sink& sink) {
  return misp_event_reader(window, sink).read();
}

}  // namespace repute::load
