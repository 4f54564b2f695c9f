// SPDX-License-Identifier: Apache-2.0
// Pieces of a document as PART brings them, put together. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "repute/schema/message.hpp"

namespace repute::core {

class document_assembler {
 public:
  enum class state {
    more,     ///< ask for offset()
    whole,    ///< document() is what the server has; empty if it has none
    refused,  ///< longer than `bytes_max`, or changing all the time
  };
  static constexpr unsigned changes_max = 8;

  explicit document_assembler(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  [[nodiscard]] std::uint32_t offset() const noexcept {
    return static_cast<std::uint32_t>(document_.size());
  }
  [[nodiscard]] const std::vector<std::uint8_t>& document() const noexcept { return document_; }
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

  /// Takes a reply that decode_part() accepted; one to another question than offset() is skipped.
  state take(const wire::part_view& part) {
    if (part.total > bytes_max_) {
      return state::refused;
    }
    if (part.offset != offset()) {
      return state::more;
    }
    if (offset() != 0 && (part.total != total_ || part.version != version_)) {
      document_.clear();  // it was replaced meanwhile: from the beginning
      return ++changes_ > changes_max ? state::refused : state::more;
    }
    total_ = part.total;
    version_ = part.version;
    document_.insert(document_.end(), part.bytes.begin(), part.bytes.end());
    return document_.size() == total_ ? state::whole : state::more;
  }

 private:
  std::size_t bytes_max_;
  std::vector<std::uint8_t> document_;
  std::uint32_t total_ = 0;
  std::uint32_t version_ = 0;
  unsigned changes_ = 0;
};

}  // namespace repute::core
