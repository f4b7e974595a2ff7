// WebSocket frames that the runtime makes itself, whole: an Outbox counts them as no payload of the core's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "server/ports/shared_frame.h"

namespace starling::runtime {

ports::SharedFrame ping_frame();
/// `payload` is the ping's: at most 125 bytes.
ports::SharedFrame pong_frame(std::span<const std::byte> payload);
/// `text` is cut to what a close frame holds, between characters.
ports::SharedFrame close_frame(std::uint16_t code, std::string_view text);
/// Answers the peer's close frame with its own payload.
ports::SharedFrame close_reply(std::span<const std::byte> payload);

/// Writes the header of a binary message in front of the core's payload, once for all recipients.
void seal(ports::SharedFrame& frame);

}  // namespace starling::runtime
