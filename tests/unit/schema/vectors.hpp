// SPDX-License-Identifier: Apache-2.0
// Reads schema/vectors/*.txt: lines of fields between `|`, comments with `#`.
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "repute/schema/kind.hpp"

namespace repute::test {

using bytes = std::vector<std::uint8_t>;

inline std::string trim(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Rows of REPUTE_SCHEMA_DIR/vectors/NAME; throws if there is none, so that no test passes on
/// nothing.
inline std::vector<std::vector<std::string>> read_vectors(const std::string& name) {
  std::ifstream file(std::string(REPUTE_SCHEMA_DIR) + "/vectors/" + name);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') {
      continue;
    }
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '|');) {
      fields.push_back(trim(field));
    }
    rows.push_back(fields);
  }
  if (rows.empty()) {
    throw std::runtime_error("no vectors in " + name);
  }
  return rows;
}

/// Hexadecimal in groups; `xx*N` is a byte N times, `-` is nothing.
inline bytes parse_hex(const std::string& text) {
  bytes out;
  std::istringstream in(text);
  for (std::string group; in >> group;) {
    if (group == "-") {
      continue;
    }
    const auto star = group.find('*');
    const std::size_t repeat = star == std::string::npos ? 1 : std::stoul(group.substr(star + 1));
    const std::string digits = group.substr(0, star);
    if (digits.size() % 2 != 0 || (repeat != 1 && digits.size() != 2)) {
      throw std::runtime_error("not hexadecimal: " + group);
    }
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      out.insert(out.end(), repeat,
                 static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
    }
  }
  return out;
}

inline kind kind_named(const std::string& text) {
  for (const kind value : all_kinds) {
    if (name(value) == text) {
      return value;
    }
  }
  throw std::runtime_error("no kind " + text);
}

/// A datagram of packets.txt.
struct golden {
  std::string direction;  ///< request, reply
  std::string name;
  std::string outcome;
  bytes datagram;
};

inline std::vector<golden> golden_packets() {
  std::vector<golden> out;
  for (const auto& row : read_vectors("packets.txt")) {
    out.push_back({row.at(0), row.at(1), row.at(2), parse_hex(row.at(3))});
  }
  return out;
}

inline bytes golden_packet(const std::string& name) {
  for (golden& packet : golden_packets()) {
    if (packet.name == name) {
      return packet.datagram;
    }
  }
  throw std::runtime_error("no packet " + name);
}

}  // namespace repute::test
