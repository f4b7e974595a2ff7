#include "common/wire/codec.h"

#include <google/protobuf/arena.h>

#include <array>
#include <utility>

#include "common/wire/decode_fields.h"
#include "common/wire/limits.h"
#include "common/wire/plain_event.h"

namespace starling::wire {

/// Protobuf messages live in an arena that is rewound, not freed, before each frame.
struct Decoder::Scratch {
  std::array<char, 8192> block;
  google::protobuf::Arena arena{options()};

  google::protobuf::ArenaOptions options() {
    google::protobuf::ArenaOptions o;
    o.initial_block = block.data();
    o.initial_block_size = block.size();
    return o;
  }

  template <class Frame, class Message>
  Result<Frame, DecodeError> decode(std::span<const std::byte> bytes) {
    if (bytes.size() > limits::kMessageBytesMax) return fail(DecodeError::OverLimit);
    arena.Reset();
    auto* message = google::protobuf::Arena::CreateMessage<Message>(&arena);
    if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return fail(DecodeError::Malformed);
    return to_struct(*message);
  }
};

Decoder::Decoder() : scratch_(std::make_unique<Scratch>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Result<ClientFrame, DecodeError> Decoder::client(std::span<const std::byte> bytes) {
  return scratch_->decode<ClientFrame, pb::ClientFrame>(bytes);
}

Result<ServerFrame, DecodeError> Decoder::server(std::span<const std::byte> bytes) {
  if (bytes.size() <= limits::kMessageBytesMax) {
    if (std::optional<Event> event = decode_plain_event(bytes)) return ServerFrame(std::move(*event));
  }
  return scratch_->decode<ServerFrame, pb::ServerFrame>(bytes);
}

Result<ClientFrame, DecodeError> decode_client(std::span<const std::byte> bytes) { return Decoder().client(bytes); }
Result<ServerFrame, DecodeError> decode_server(std::span<const std::byte> bytes) { return Decoder().server(bytes); }

const char* describe(DecodeError error) {
  switch (error) {
    case DecodeError::Malformed:
      return "not a frame";
    case DecodeError::OverLimit:
      return "a field or a count is beyond its limit";
    case DecodeError::BadValue:
      return "an id, an enumerator or a text is not valid";
    case DecodeError::UnknownFrame:
      return "a frame of a later version";
    case DecodeError::Ignorable:
      return "an optional frame of a later version";
  }
  return "unknown decode error";
}

}  // namespace starling::wire
