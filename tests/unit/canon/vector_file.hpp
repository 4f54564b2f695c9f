// SPDX-License-Identifier: Apache-2.0
// Reads the vector files of the canonical forms; their heads describe the columns.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "repute/canon/canon.hpp"

namespace repute::canon::test {

struct vector_line {
  std::size_t number = 0;
  std::vector<std::string> columns;
};

/// `\t \n \r \\ \xHH` to the bytes they stand for.
inline std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char c = text.at(++i);
    if (c == 'x') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
  }
  return out;
}

/// Lines of schema/vectors/NAME without comments, each with exactly or at least `columns` columns.
inline std::vector<vector_line> read_vectors(const std::string& name, std::size_t columns) {
  std::ifstream file(std::string(REPUTE_SCHEMA_DIR) + "/vectors/" + name);
  std::vector<vector_line> out;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    vector_line parsed{number, {}};
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t tab = std::min(line.find('\t', at), line.size());
      parsed.columns.push_back(unescaped(std::string_view(line).substr(at, tab - at)));
      at = tab + 1;
    }
    if (parsed.columns.size() < columns) {
      throw std::runtime_error(name + ":" + std::to_string(number) + ": too few columns");
    }
    out.push_back(std::move(parsed));
  }
  if (out.empty()) {
    throw std::runtime_error(name + ": no vectors");
  }
  return out;
}

/// Enumerator of an error, as vector files write it.
inline std::string_view error_name(error value) {
  constexpr std::array<std::string_view, 13> names{
      "empty",    "too_long",       "bad_address", "bad_prefix", "host_bits_set",
      "bad_host", "bad_url",        "bad_email",   "bad_digest", "bad_number",
      "bad_utf8", "too_few_tokens", "bad_record"};
  return names.at(static_cast<std::size_t>(value));
}

/// A result as vector files write it.
template <class T>
std::string written(const result<T>& from) {
  if (const auto* problem = std::get_if<error>(&from)) {
    return "!" + std::string(error_name(*problem));
  }
  if constexpr (std::is_same_v<T, std::string>) {
    return std::get<T>(from);
  } else {
    return show(std::get<T>(from));
  }
}

/// One for all tests: opening the tables takes a moment.
inline const canonicalizer& canon() {
  static const canonicalizer opened;
  return opened;
}

}  // namespace repute::canon::test
