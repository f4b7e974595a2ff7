// What a peer may make us hold, as a value.
#pragma once

#include <cstddef>
#include <cstdint>

namespace starling::ws {

/// Section 5.5: a control frame is never longer, so that it can be handled at once.
inline constexpr std::size_t kControlPayloadMax = 125;
/// A close frame's payload begins with two bytes of code.
inline constexpr std::size_t kCloseReasonMax = kControlPayloadMax - 2;
/// Request and response heads: a browser with large cookies sends 4 KiB, and we want none of its cookies.
inline constexpr std::size_t kHeadBytesMax = 8 * 1024;

struct Limits {
  /// Of a whole message, however many frames it comes in. The default is the protocol's.
  std::uint32_t message_bytes_max = 64 * 1024;
  /// An honest client sends one; proxies that re-fragment send a few. Each costs a header's work, whatever its size.
  std::uint32_t frames_per_message_max = 32;
  /// The protocol is binary. Conformance peers allow text, which is then checked to be UTF-8.
  bool allow_text = false;
};

}  // namespace starling::ws
