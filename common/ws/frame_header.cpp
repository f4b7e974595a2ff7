#include "common/ws/frame_header.h"

#include <cstring>

#include "common/base/mutant.h"

namespace starling::ws {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kOpcode = 0x0F;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength = 0x7F;
constexpr std::uint8_t kLength16 = 126;

Violation judge_first_byte(std::uint8_t first, const FrameRules& rules) {
  if ((first & kReserved) != 0) return Violation::ReservedBits;
  switch (static_cast<Opcode>(first & kOpcode)) {
    case Opcode::Continuation:
      if (!rules.in_message) return Violation::StrayContinuation;
      break;
    case Opcode::Text:
    case Opcode::Binary:
      if (rules.in_message) return Violation::InterruptedMessage;
      if (static_cast<Opcode>(first & kOpcode) == Opcode::Text && !rules.allow_text) return Violation::TextRefused;
      break;
    case Opcode::Close:
    case Opcode::Ping:
    case Opcode::Pong:
      return (first & kFin) == 0 ? Violation::FragmentedControl : Violation::None;
    default:
      return Violation::ReservedOpcode;
  }
  return rules.frames_max == 0 ? Violation::TooManyFrames : Violation::None;
}

Violation judge_second_byte(std::uint8_t second, bool control, const FrameRules& rules) {
  const bool masked = (second & kMasked) != 0;
  if (masked != rules.from_client) return masked ? Violation::Masked : Violation::NotMasked;
  if (control && (second & kLength) > kControlPayloadMax) return Violation::ControlTooLong;
  return Violation::None;
}

std::uint64_t load_big_endian(const std::byte* at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint64_t>(at[i]);
  return value;
}

/// Of a length that stands in two or eight bytes of its own.
Violation judge_extended_length(std::uint64_t length, std::size_t length_bytes) {
  if (length <= (length_bytes == 2 ? kControlPayloadMax : 0xFFFFu)) return Violation::LengthNotMinimal;
  if (length >> 63 != 0) return Violation::LengthOutOfRange;
  return Violation::None;
}

bool exceeds(std::uint64_t declared, std::uint64_t payload_max) {
  if (mutant(Mutant::WsLengthCut)) declared = static_cast<std::uint32_t>(declared);
  return declared > payload_max;
}

}  // namespace

HeaderResult read_frame_header(std::span<const std::byte> bytes, const FrameRules& rules, FrameHeader& header) {
  if (bytes.empty()) return {};
  const auto first = std::to_integer<std::uint8_t>(bytes[0]);
  if (const Violation v = judge_first_byte(first, rules); v != Violation::None) return {0, v};
  if (bytes.size() < 2) return {};
  const auto second = std::to_integer<std::uint8_t>(bytes[1]);
  const auto opcode = static_cast<Opcode>(first & kOpcode);
  const bool control = is_control(opcode);
  if (const Violation v = judge_second_byte(second, control, rules); v != Violation::None) return {0, v};

  std::size_t size = 2;
  std::uint64_t length = second & kLength;
  if (length >= kLength16) {
    const std::size_t length_bytes = length == kLength16 ? 2 : 8;
    if (bytes.size() < size + length_bytes) return {};
    length = load_big_endian(bytes.data() + size, length_bytes);
    if (const Violation v = judge_extended_length(length, length_bytes); v != Violation::None) return {0, v};
    size += length_bytes;
  }
  if (!control && exceeds(length, rules.payload_max)) return {0, Violation::MessageTooBig};

  MaskKey key;
  if (rules.from_client) {
    if (bytes.size() < size + 4) return {};
    std::memcpy(&key.word, bytes.data() + size, 4);
    size += 4;
  }
  header = {opcode, (first & kFin) != 0, key, length};
  return {size, Violation::None};
}

CloseCode close_code_of(Violation violation) {
  switch (violation) {
    case Violation::None:
      return CloseCode::None;
    case Violation::TextRefused:
      return CloseCode::UnsupportedData;
    case Violation::InvalidUtf8:
      return CloseCode::InvalidPayload;
    case Violation::MessageTooBig:
      return CloseCode::MessageTooBig;
    case Violation::TooManyFrames:
      return CloseCode::PolicyViolation;
    case Violation::ReservedBits:
    case Violation::ReservedOpcode:
    case Violation::FragmentedControl:
    case Violation::ControlTooLong:
    case Violation::StrayContinuation:
    case Violation::InterruptedMessage:
    case Violation::NotMasked:
    case Violation::Masked:
    case Violation::LengthNotMinimal:
    case Violation::LengthOutOfRange:
    case Violation::BadClosePayload:
    case Violation::BadCloseCode:
      break;
  }
  return CloseCode::ProtocolError;
}

std::string_view describe(Violation violation) {
  switch (violation) {
    case Violation::None:
      return "no violation";
    case Violation::ReservedBits:
      return "reserved bits are set, but no extension was negotiated";
    case Violation::ReservedOpcode:
      return "the opcode is reserved";
    case Violation::FragmentedControl:
      return "a control frame is fragmented";
    case Violation::ControlTooLong:
      return "a control frame is longer than 125 bytes";
    case Violation::StrayContinuation:
      return "a continuation frame continues nothing";
    case Violation::InterruptedMessage:
      return "a message begins before the last one ended";
    case Violation::NotMasked:
      return "a client's frame is not masked";
    case Violation::Masked:
      return "a server's frame is masked";
    case Violation::LengthNotMinimal:
      return "the length is not in its shortest form";
    case Violation::LengthOutOfRange:
      return "the length's first bit is set";
    case Violation::BadClosePayload:
      return "a close frame's payload is one byte";
    case Violation::BadCloseCode:
      return "the close code may not be sent";
    case Violation::TextRefused:
      return "text messages are not accepted; send binary ones";
    case Violation::InvalidUtf8:
      return "text is not UTF-8";
    case Violation::MessageTooBig:
      return "the message is too big";
    case Violation::TooManyFrames:
      return "the message is in too many frames";
  }
  return "unknown violation";
}

}  // namespace starling::ws
