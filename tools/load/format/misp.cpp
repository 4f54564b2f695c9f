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
    std::string_view type;
    if (const auto error = document["type"].get_string().get(type); error != simdjson::SUCCESS) {
      return format_problem{{}, "no \"type\" in it: not a MISP warninglist"};
    }
    const auto match = match_of(type);
    if (!match) {
      return format_problem{
          {},
          fmt::format("warninglists of type \"{}\" hold no keys; string, hostname and cidr do",
                      type)};
    }
    match_ = *match;
    simdjson::ondemand::array list;
    document.rewind();
    if (const auto error = document["list"].get_array().get(list); error != simdjson::SUCCESS) {
      return format_problem{{}, "no array \"list\" in it: not a MISP warninglist"};
    }
    return read_entries(list);
  }

 private:
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
  std::optional<name_match> match_;
  std::size_t offset_ = 0;
};

}  // namespace

read_result read_misp(text_window& window, row_sink& sink) {
  return misp_reader(window, sink).read();
}

}  // namespace repute::load
