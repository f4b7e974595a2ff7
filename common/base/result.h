// Errors are values: a byte-sized enum per module in `Result`.
#pragma once

#include <tl/expected.hpp>

namespace starling {

template <class T, class E>
using Result = tl::expected<T, E>;

template <class E>
constexpr tl::unexpected<E> fail(E error) {
  return tl::unexpected<E>(error);
}

}  // namespace starling
