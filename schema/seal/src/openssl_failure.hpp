// SPDX-License-Identifier: Apache-2.0
// What to do when OpenSSL reports an error where it may only do so without memory or without the
// algorithm: stop, because a wrong digest would be a wrong key.
#pragma once

#include <new>
#include <stdexcept>
#include <string>

namespace repute::seal {

/// Throws std::runtime_error unless `succeeded`; `what` names the computation.
inline void require(bool succeeded, const char* what) {
  if (!succeeded) {
    throw std::runtime_error(std::string("OpenSSL cannot compute ") + what);
  }
}

/// An algorithm that was looked up `once`, to be kept: OpenSSL does it under a lock. Throws
/// std::runtime_error if it is null.
template <class T>
T* fetched(T* once, const char* what) {
  require(once != nullptr, what);
  return once;
}

/// Throws std::bad_alloc if `object` is null.
template <class T>
T* require_object(T* object) {
  if (object == nullptr) {
    throw std::bad_alloc();
  }
  return object;
}

}  // namespace repute::seal
