// SPDX-License-Identifier: Apache-2.0
// MISP warninglists: {"name", "type": string|hostname|cidr|..., "list": [...]}.
#include "load/format/json_document.hpp"

namespace repute::load {
namespace {

// What a warninglist's type means for its entries; nothing for types that are no keys.
std::optional<std::optional<name_match>> match_of(std::string_view type) noexcept {
  if (type == "string") {
    return name_match::exact;
  }
  if (type == "hostname") {
    return name_match::both;
  }
  if (type == "cidr") {
    return std::optional<name_match>();
  }
  return std::nullopt;
}

class misp_reader {
 public:
  misp_reader(text_window& window, row_sink& sink) : json_(window), sink_(sink) {}

  read_result read() {
    simdjson::ondemand::document document;
    if (auto problem = json_.open(document)) {
      return problem;
    }
    if (auto problem = read_members(document)) {
      return problem;
    }
    simdjson::ondemand::array list;
    document.rewind();
    offset_ = list_offset_;
    const auto error = document["list"].get_array().get(list);
    if (error == simdjson::INCORRECT_TYPE) {
      return format_problem{{}, "no array \"list\" in it: not a MISP warninglist"};
    }
    return error == simdjson::SUCCESS ? read_entries(list) : json_.broken(offset_, error);
  }

 private:
  // Members come in any order: what the entries mean is known before the first one is read.
  read_result read_members(simdjson::ondemand::document& document) {
    simdjson::ondemand::object root;
    auto error = document.get_object().get(root);
    if (error == simdjson::INCORRECT_TYPE) {
      return format_problem{{}, "no JSON object: not a MISP warninglist"};
    }
    if (error == simdjson::SUCCESS) {
      error = for_members(root, [this](std::string_view name, simdjson::ondemand::value member) {
        return read_member(name, member);
      });
    }
    if (error == simdjson::SUCCESS && !at_end(document)) {
      error = simdjson::TAPE_ERROR;
    }
    if (error != simdjson::SUCCESS) {
      return json_.broken(offset_, error);
    }
    if (types_ != 1 || lists_ != 1) {
      return format_problem{{},
                            fmt::format("{} in it: not a MISP warninglist",
                                        types_ == 0   ? "no \"type\""
                                        : types_ > 1  ? "more than one \"type\""
                                        : lists_ == 0 ? "no array \"list\""
                                                      : "more than one \"list\"")};
    }
    const auto match = match_of(type_);
    if (!match) {
      return format_problem{
          {},
          fmt::format("warninglists of type \"{}\" hold no keys; string, hostname and cidr do",
                      type_)};
    }
    match_ = *match;
    return std::nullopt;
  }

  simdjson::error_code read_member(std::string_view name, simdjson::ondemand::value member) {
    simdjson::ondemand::json_type kind{};
    offset_ = json_.offset_of(member.raw_json_token());
    auto error = member.type().get(kind);
    if (error == simdjson::SUCCESS && name == "type" &&
        kind == simdjson::ondemand::json_type::string) {
      ++types_;
      error = member.get_string().get(type_);
    }
    if (name == "list") {
      ++lists_;
      list_offset_ = offset_;
    }
    return error;
  }

  read_result read_entries(simdjson::ondemand::array& list) {
    for (auto item : list) {
      simdjson::ondemand::value value;
      if (const auto error = item.get(value); error != simdjson::SUCCESS) {
        return json_.broken(offset_, error);
      }
      const std::string_view token = value.raw_json_token();
      offset_ = json_.offset_of(token);
      std::string_view entry;
      const auto error = value.get_string().get(entry);
      if (error == simdjson::INCORRECT_TYPE) {
        if (!sink_.reject({json_.at(offset_), "not a string", excerpt(trim(token))})) {
          return std::nullopt;
        }
        continue;
      }
      if (error != simdjson::SUCCESS) {
        return json_.broken(offset_, error);
      }
      if (!take(entry)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool take(std::string_view entry) {
    if (entry.size() > row_bytes_max || entry.find('\0') != std::string_view::npos) {
      return sink_.reject({json_.at(offset_),
                           entry.size() > row_bytes_max ? too_long_row : unreadable_byte('\0'),
                           excerpt(entry)});
    }
    raw_row row;
    row.at = json_.at(offset_);
    row.original = entry;
    row.match = match_;
    // Some hostname lists write ".example.com" for the name and all under it.
    row.key = match_ == name_match::both && entry.starts_with('.') ? entry.substr(1) : entry;
    return sink_.take(row);
  }

  json_document json_;
  row_sink& sink_;
  std::string_view type_;  // valid while members are read
  unsigned types_ = 0;
  unsigned lists_ = 0;
  std::size_t list_offset_ = 0;
  std::optional<name_match> match_;
  std::size_t offset_ = 0;
};

}  // namespace

read_result read_misp(text_window& window, row_sink& sink) {
  return misp_reader(window, sink).read();
}

}  // namespace repute::load
