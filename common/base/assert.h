// Assert what you believe; handle what the world can do. Asserts stay on in release builds, and none depends on bytes
// from a socket.
#pragma once

namespace starling {

[[noreturn]] void assert_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace starling

#define STARLING_ASSERT(condition) \
  (static_cast<bool>(condition) ? void(0) : ::starling::assert_failed(#condition, __FILE__, __LINE__))
