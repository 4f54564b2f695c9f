// SPDX-License-Identifier: Apache-2.0
// Digests of attachments and pictures, and their names.
#pragma once

#include <string_view>

#include "fact_list.hpp"
#include "parts.hpp"

namespace repute::mail::detail {

/// True if the bytes begin as those of a picture that mail programs show.
[[nodiscard]] bool is_picture(std::string_view bytes) noexcept;

/// A picture within a page: IMAGE_MD5.
void add_picture(std::string_view bytes, fact_list& to);

/// A part as a file: its name; IMAGE_MD5 if it is a picture or says so; MD5 and SHA-256 unless it
/// is no more than a picture to be shown. Empty files identify nothing.
void add_file(const part& file, fact_list& to);

}  // namespace repute::mail::detail
