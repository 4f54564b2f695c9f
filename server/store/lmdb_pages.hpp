// SPDX-License-Identifier: Apache-2.0
// LMDB trusts what it reads: a page number or an offset that is wrong ends the process, or hides
// entries without a word. So the pages of a file are checked before LMDB walks over them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "repute/schema/bytes.hpp"

namespace repute::store {

/// What is wrong with the pages of an LMDB data file (layout of version 0.9, little-endian, 64
/// bits, no duplicate keys), naming the page; nothing if LMDB can read and write it safely: both
/// heads, the list of free pages, and every page of every database, reached once, with as many
/// pages and entries as it says, keys in order. What the values mean is not looked at. One change
/// is not seen: a head whose transaction number is too small or too large by two, since the state
/// before the last transaction is as sound as the last. Takes time in proportion to the pages.
/// `forget` is called each time 16 MiB or more of the file were read and are not needed soon: a
/// file may be larger than what its reader may keep in memory.
[[nodiscard]] std::optional<std::string> damage_in_pages(byte_view file,
                                                         const std::function<void()>& forget = {});

}  // namespace repute::store
