// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/datagram.hpp"

namespace repute::query {

/// False if the datagram must never be answered: its source has port 0 or the port of a service
/// that answers anything (echo 7, chargen 19, DNS 53), is unspecified, multicast or broadcast, or
/// is the very endpoint that was asked; or it was sent to a multicast or broadcast address: one
/// datagram would be answered by every server of the network.
[[nodiscard]] bool may_answer(const datagram& from) noexcept;

}  // namespace repute::query
