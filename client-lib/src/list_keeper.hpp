// SPDX-License-Identifier: Apache-2.0
// The signed list of servers: which one is in force, and whether another one may take its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "repute/seal/server_list.hpp"

namespace repute {

/// Not thread-safe.
class list_keeper {
 public:
  /// Keeps nothing if `key_word` is empty. Throws boost::system::system_error if it is no key.
  list_keeper(const std::string& key_word, std::string file);

  [[nodiscard]] bool enabled() const noexcept { return key_.has_value(); }
  /// 0: none is in force.
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
  /// Why the last document was refused, or not written; empty if all is well.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  /// The list of the file, if it is there and signed.
  [[nodiscard]] std::optional<seal::server_list> from_file();
  /// The list of a document that a server of this data epoch gave, if it is signed, newer than the
  /// one in force and for this epoch. It is in force then, and written to the file.
  [[nodiscard]] std::optional<seal::server_list> consider(std::string_view document,
                                                          std::uint32_t data_epoch);

 private:
  [[nodiscard]] std::optional<seal::server_list> checked(std::string_view document);
  [[nodiscard]] bool write(std::string_view document) const;

  std::optional<seal::public_key> key_;
  std::string file_;
  std::uint32_t version_ = 0;
  std::string problem_;
};

}  // namespace repute
