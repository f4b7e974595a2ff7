// Frames of RFC 6455 section 5, as they are written. Server frames are unmasked, so all recipients can share the bytes;
// a client's are masked with a key of the caller's, who owns the randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/ws/close_code.h"
#include "common/ws/limits.h"

namespace starling::ws {

enum class Opcode : std::uint8_t {
  Continuation = 0x0,
  Text = 0x1,
  Binary = 0x2,
  Close = 0x8,
  Ping = 0x9,
  Pong = 0xA,
};

constexpr bool is_control(Opcode opcode) { return (static_cast<std::uint8_t>(opcode) & 0x8) != 0; }

/// The four bytes as they stand on the wire, loaded into a word: any random word is a good key.
struct MaskKey {
  std::uint32_t word = 0;
};

inline constexpr std::size_t kServerHeaderMax = 10;
inline constexpr std::size_t kClientHeaderMax = kServerHeaderMax + 4;

/// 2, 4 or 10 bytes.
constexpr std::size_t server_header_size(std::size_t payload) {
  return payload <= 125 ? 2 : payload <= 0xFFFF ? 4 : 10;
}
constexpr std::size_t client_header_size(std::size_t payload) { return server_header_size(payload) + 4; }

/// Writes the header of a final, unmasked frame; returns its size, at most kServerHeaderMax.
std::size_t write_server_header(std::byte* out, Opcode opcode, std::size_t payload);

/// The same, ending where `headroom` ends: for a payload that lies behind it. The header has to fit: 4 bytes of headroom
/// do for payloads of up to 65,535 bytes.
std::size_t write_server_header_before(std::span<std::byte> headroom, Opcode opcode, std::size_t payload);

/// Writes the header of a final, masked frame; returns its size, at most kClientHeaderMax. The payload follows masked.
std::size_t write_client_header(std::byte* out, Opcode opcode, std::size_t payload, MaskKey key);

/// Appends a whole masked frame.
void append_client_frame(std::vector<std::byte>& out, Opcode opcode, std::span<const std::byte> payload, MaskKey key);
/// Appends a whole unmasked frame.
void append_server_frame(std::vector<std::byte>& out, Opcode opcode, std::span<const std::byte> payload);

/// Masks or unmasks in place. `offset` is the position of the first byte in the frame's payload.
void apply_mask(std::span<std::byte> bytes, MaskKey key, std::size_t offset = 0);

/// Writes a close frame's payload and returns its size, at most kControlPayloadMax: a longer reason is cut between
/// characters. `reason` is UTF-8, and empty for CloseCode::NoStatus, whose payload is empty.
std::size_t write_close_payload(std::span<std::byte, kControlPayloadMax> out, CloseCode code, std::string_view reason);

/// The reason in the payload of a close frame that the parser yielded; lies in `payload`.
std::string_view close_reason(std::span<const std::byte> payload);

}  // namespace starling::ws
