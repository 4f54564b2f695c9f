// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <algorithm>
#include <array>

#include "repute/seal/digest.hpp"

namespace repute::mail::detail {
namespace {

template <class Digest>
canonical_key digest_key(kind kind, const Digest& digest) {
  return {kind, std::string(digest.begin(), digest.end())};
}

}  // namespace

bool is_picture(std::string_view bytes) noexcept {
  constexpr std::array<std::string_view, 7> starts{"\x89PNG\r\n\x1a\n",
                                                   "\xff\xd8\xff",
                                                   "GIF87a",
                                                   "GIF89a",
                                                   "BM",
                                                   std::string_view("II*\0", 4),
                                                   std::string_view("MM\0*", 4)};
  const bool is_webp =
      bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP";
  return is_webp || std::ranges::any_of(starts, [bytes](std::string_view start) {
           return bytes.starts_with(start);
         });
}

void add_picture(std::string_view bytes, fact_list& to) {
  if (!bytes.empty()) {
    to.add(subject::image_md5, role::image,
           digest_key(kind::image_md5, seal::md5(seal::bytes_of(bytes))), {}, bytes.size());
  }
}

void add_file(const part& file, fact_list& to) {
  const std::string_view bytes = file.content;
  if (!file.name.empty()) {
    to.add(subject::name_md5, role::attachment_name, file.name, file.name, bytes.size());
  }
  if (bytes.empty()) {
    return;
  }
  const seal::md5_digest md5 = seal::md5(seal::bytes_of(bytes));
  const bool shown = is_picture(bytes);
  if (shown || file.type.media.starts_with("image/")) {
    to.add(subject::image_md5, role::image, digest_key(kind::image_md5, md5), {}, bytes.size());
  }
  if (!shown || file.attached) {
    to.add(subject::sha256, role::attachment,
           digest_key(kind::file_sha256, seal::sha256(seal::bytes_of(bytes))), {}, bytes.size());
    to.add(subject::md5, role::attachment, digest_key(kind::file_md5, md5), {}, bytes.size());
  }
}

}  // namespace repute::mail::detail
