// SPDX-License-Identifier: Apache-2.0
// Reports of texts, for tests: texts are numbers, and two numbers have no band in common.
#pragma once

#include <cstdint>
#include <string>

#include "repute/schema/key.hpp"
#include "repute/schema/text_signature.hpp"
#include "repute/seal/digest.hpp"
#include "store/live_entry.hpp"

namespace repute::test {

/// A text's signature; another `variant` of it has 75 of its 85 bands.
inline text_signature signature_of_text(std::uint32_t text, std::uint32_t variant = 0) {
  text_signature out;
  out.format = text_signature::this_format;
  for (std::size_t i = 0; i < out.bands.size(); ++i) {
    out.bands[i] = 1 + text * 8 + (i < 10 ? variant : 0);
  }
  return out;
}

inline key text_key(const text_signature& of) {
  return {kind::text_sig, encode_text_signature(of)};
}

inline store::live_entry report(std::uint32_t text, const std::string& who,
                                std::uint32_t variant = 0,
                                store::live_layer layer = store::live_layer::live) {
  const text_signature_bytes bytes = encode_text_signature(signature_of_text(text, variant));
  store::live_entry out;
  out.layer = layer;
  out.kind = kind::text_sig;
  out.seq = 1;
  out.verdict = verdict::spam;
  out.score = 900;
  out.who = who;
  out.text = seal::to_hex(bytes);
  const seal::md5_digest key = seal::md5(seal::bytes_of(out.text + who));
  std::copy(key.begin(), key.end(), out.key.begin());
  return out;
}

}  // namespace repute::test
