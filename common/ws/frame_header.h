// The header of a frame as it is read. It is judged byte by byte as it arrives, so a bad frame is refused at its first
// wrong byte, and the verdict is the same however the bytes were cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/ws/close_code.h"
#include "common/ws/frame.h"

namespace starling::ws {

enum class Violation : std::uint8_t {
  None,
  ReservedBits,
  ReservedOpcode,
  FragmentedControl,
  ControlTooLong,
  StrayContinuation,   // without a message to continue
  InterruptedMessage,  // a new message inside a fragmented one
  NotMasked,           // section 5.1, from a client
  Masked,              // section 5.1, from a server
  LengthNotMinimal,    // section 5.2
  LengthOutOfRange,    // the most significant of the 64 bits is set
  BadClosePayload,     // one byte
  BadCloseCode,
  TextRefused,
  InvalidUtf8,
  MessageTooBig,
  TooManyFrames,
};

/// What to close the connection with.
CloseCode close_code_of(Violation violation);
/// For the close frame's reason and the log.
std::string_view describe(Violation violation);

struct FrameHeader {
  Opcode opcode{};
  bool final = false;
  MaskKey key{};                    // zero when unmasked
  std::uint64_t payload_bytes = 0;  // within the limits given
};

/// What may come next on the connection.
struct FrameRules {
  bool from_client = true;  // frames are masked
  bool in_message = false;  // a fragmented message is open
  bool allow_text = false;
  std::uint64_t payload_max = 0;  // of a data frame: what is left of the message's limit
  std::uint64_t frames_max = 0;   // data frames left of the message's limit
};

struct HeaderResult {
  std::size_t size = 0;  // 0: more bytes are needed, or there is a violation
  Violation violation = Violation::None;
};

inline constexpr std::size_t kHeaderMax = kClientHeaderMax;

/// Reads the header that `bytes` begins with; fills `header` when it is whole.
HeaderResult read_frame_header(std::span<const std::byte> bytes, const FrameRules& rules, FrameHeader& header);

}  // namespace starling::ws
