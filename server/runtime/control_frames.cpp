#include "server/runtime/control_frames.h"

#include <array>

#include "common/ws/frame.h"

namespace starling::runtime {
namespace {

ports::SharedFrame control_frame(ws::Opcode opcode, std::span<const std::byte> payload) {
  std::array<std::byte, ws::kServerHeaderMax + ws::kControlPayloadMax> bytes;
  std::size_t size = ws::write_server_header(bytes.data(), opcode, payload.size());
  for (const std::byte b : payload) bytes[size++] = b;
  return ports::SharedFrame(std::string_view(reinterpret_cast<const char*>(bytes.data()), size));
}

}  // namespace

ports::SharedFrame ping_frame() { return control_frame(ws::Opcode::Ping, {}); }

ports::SharedFrame pong_frame(std::span<const std::byte> payload) { return control_frame(ws::Opcode::Pong, payload); }

ports::SharedFrame close_frame(std::uint16_t code, std::string_view text) {
  std::array<std::byte, ws::kControlPayloadMax> payload;
  const std::size_t size = ws::write_close_payload(payload, static_cast<ws::CloseCode>(code), text);
  return control_frame(ws::Opcode::Close, std::span(payload).first(size));
}

ports::SharedFrame close_reply(std::span<const std::byte> payload) { return control_frame(ws::Opcode::Close, payload); }

void seal(ports::SharedFrame& frame) {
  if (frame.is_sealed()) return;
  frame.seal(ws::write_server_header_before(frame.headroom(), ws::Opcode::Binary, frame.size()));
}

}  // namespace starling::runtime
