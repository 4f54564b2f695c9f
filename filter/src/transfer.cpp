// SPDX-License-Identifier: Apache-2.0
#include "transfer.hpp"

#include <gmime/gmime-encodings.h>

#include <algorithm>

namespace repute::mail::detail {

// These functions of GMime keep nothing and need no g_mime_init().
std::string_view decode_transfer(const std::string& encoding, std::string_view body,
                                 std::string& storage) {
  const GMimeContentEncoding kind = g_mime_content_encoding_from_string(encoding.c_str());
  if (kind != GMIME_CONTENT_ENCODING_BASE64 && kind != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
      kind != GMIME_CONTENT_ENCODING_UUENCODE) {
    return body;
  }
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, kind);
  storage.resize(std::max(g_mime_encoding_outlen(&state, body.size()), body.size()));
  storage.resize(g_mime_encoding_flush(&state, body.data(), body.size(), storage.data()));
  return storage;
}

}  // namespace repute::mail::detail
