// SPDX-License-Identifier: Apache-2.0
// Near-duplicate signatures of a message's texts, as facts.
#pragma once

#include <cstddef>

#include "repute/mail/facts.hpp"
#include "repute/textsig/signer.hpp"

namespace repute::mail {

/// What a datagram may carry.
inline constexpr std::size_t signatures_max = 2;

/// Adds the signatures of `to.texts` to `to.facts`: of the longest text, and of the longest one
/// that shares less than half of all their words with it, so that a part full of random words does
/// not stand for the other one. Texts that identify nothing have none.
void sign_texts(message_facts& to, const textsig::signer& sign);

}  // namespace repute::mail
