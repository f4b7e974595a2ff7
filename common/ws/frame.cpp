#include "common/ws/frame.h"

#include <bit>
#include <cstring>

#include "common/base/assert.h"
#include "common/ws/utf8.h"

namespace starling::ws {
namespace {

static_assert(std::endian::native == std::endian::little, "apply_mask rotates the key's word");

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kMasked = 0x80;

std::size_t write_header(std::byte* out, Opcode opcode, std::uint64_t payload, std::uint8_t mask_bit) {
  STARLING_ASSERT(!is_control(opcode) || payload <= kControlPayloadMax);
  out[0] = std::byte(kFin | static_cast<std::uint8_t>(opcode));
  const std::size_t size = server_header_size(payload);
  if (size == 2) {
    out[1] = std::byte(mask_bit | static_cast<std::uint8_t>(payload));
    return size;
  }
  out[1] = std::byte(mask_bit | (size == 4 ? 126 : 127));
  for (std::size_t i = size; i-- > 2; payload >>= 8) out[i] = std::byte(payload & 0xFF);
  return size;
}

}  // namespace

std::size_t write_server_header(std::byte* out, Opcode opcode, std::size_t payload) {
  return write_header(out, opcode, payload, 0);
}

std::size_t write_server_header_before(std::span<std::byte> headroom, Opcode opcode, std::size_t payload) {
  const std::size_t size = server_header_size(payload);
  STARLING_ASSERT(size <= headroom.size());
  return write_header(headroom.data() + headroom.size() - size, opcode, payload, 0);
}

std::size_t write_client_header(std::byte* out, Opcode opcode, std::size_t payload, MaskKey key) {
  const std::size_t size = write_header(out, opcode, payload, kMasked);
  std::memcpy(out + size, &key.word, 4);
  return size + 4;
}

void append_client_frame(std::vector<std::byte>& out, Opcode opcode, std::span<const std::byte> payload, MaskKey key) {
  const std::size_t begin = out.size();
  const std::size_t header = client_header_size(payload.size());
  out.resize(begin + header + payload.size());
  write_client_header(out.data() + begin, opcode, payload.size(), key);
  const auto body = std::span(out).subspan(begin + header);
  if (!payload.empty()) std::memcpy(body.data(), payload.data(), payload.size());
  apply_mask(body, key);
}

void append_server_frame(std::vector<std::byte>& out, Opcode opcode, std::span<const std::byte> payload) {
  std::byte header[kServerHeaderMax];
  const std::size_t size = write_server_header(header, opcode, payload.size());
  out.reserve(out.size() + size + payload.size());
  out.insert(out.end(), header, header + size);
  out.insert(out.end(), payload.begin(), payload.end());
}

void apply_mask(std::span<std::byte> bytes, MaskKey key, std::size_t offset) {
  const std::uint32_t turned = std::rotr(key.word, static_cast<int>(offset % 4 * 8));
  const std::uint64_t wide = std::uint64_t{turned} << 32 | turned;
  std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  // Four words a step keep the load and store ports busy; the compiler turns them into vector instructions.
  for (; left >= 32; left -= 32, at += 32) {
    std::uint64_t words[4];
    std::memcpy(words, at, 32);
    for (std::uint64_t& word : words) word ^= wide;
    std::memcpy(at, words, 32);
  }
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    word ^= wide;
    std::memcpy(at, &word, 8);
  }
  for (std::size_t i = 0; i < left; ++i) at[i] ^= std::byte(wide >> (i * 8) & 0xFF);
}

std::size_t write_close_payload(std::span<std::byte, kControlPayloadMax> out, CloseCode code, std::string_view reason) {
  if (code == CloseCode::NoStatus) {
    STARLING_ASSERT(reason.empty());
    return 0;
  }
  STARLING_ASSERT(is_sendable(code));
  const auto value = static_cast<std::uint16_t>(code);
  out[0] = std::byte(value >> 8);
  out[1] = std::byte(value & 0xFF);
  const std::size_t size = utf8_prefix(std::as_bytes(std::span(reason)), kCloseReasonMax);
  if (size > 0) std::memcpy(out.data() + 2, reason.data(), size);
  return 2 + size;
}

std::string_view close_reason(std::span<const std::byte> payload) {
  if (payload.size() < 2) return {};
  return {reinterpret_cast<const char*>(payload.data()) + 2, payload.size() - 2};
}

}  // namespace starling::ws
