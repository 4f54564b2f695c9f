// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/sign_texts.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include "utf8.hpp"

namespace repute::mail {
namespace {

/// Distinct words of a text, as sorted hashes.
std::vector<std::size_t> words_of(std::string_view tokens) {
  std::vector<std::size_t> out;
  while (!tokens.empty()) {
    const std::size_t end = std::min(tokens.find(' '), tokens.size());
    out.push_back(std::hash<std::string_view>()(tokens.substr(0, end)));
    tokens.remove_prefix(std::min(end + 1, tokens.size()));
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// True if fewer than half of all the words of two texts are in both (Jaccard below 0.5).
bool differ(std::string_view a, std::string_view b) {
  const auto left = words_of(a);
  const auto right = words_of(b);
  std::vector<std::size_t> both;
  std::ranges::set_intersection(left, right, std::back_inserter(both));
  return 3 * both.size() < left.size() + right.size();
}

}  // namespace

void sign_texts(message_facts& to, const textsig::signer& sign) {
  std::vector<std::string_view> texts;
  for (const body_text& text : to.texts) {
    texts.push_back(text.tokens);
  }
  std::ranges::stable_sort(texts, std::greater<>(), &std::string_view::size);
  std::vector<std::string_view> signed_texts;
  for (const std::string_view text : texts) {
    if (signed_texts.size() == signatures_max) {
      break;
    }
    if (!std::ranges::all_of(signed_texts, [text](auto each) { return differ(text, each); })) {
      continue;
    }
    if (const auto signature = sign(text)) {
      const text_signature_bytes bytes = encode_text_signature(*signature);
      to.facts.push_back({subject::textsig,
                          role::body,
                          std::string(detail::shown_text(text)),
                          {kind::text_sig, std::string(bytes.begin(), bytes.end())}});
      signed_texts.push_back(text);
    }
  }
}

}  // namespace repute::mail
