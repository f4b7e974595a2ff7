// Frames to bytes and back. Decoding enforces every limit of limits.h and every enum's range, so that a decoded frame
// can be trusted in shape (not in meaning).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/wire/frames.h"

namespace starling::wire {

enum class DecodeError : std::uint8_t {
  Malformed = 1,     // not protobuf, or no frame in it
  OverLimit = 2,     // a field or a count beyond limits.h
  BadValue = 3,      // an enum or id out of range, text that is not UTF-8
  UnknownFrame = 4,  // a frame of a later version that is not flagged optional
  Ignorable = 5,     // a frame of a later version that is flagged optional: skip it
};
const char* describe(DecodeError error);

/// Decodes frame after frame into memory that it keeps. One a thread.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  Result<ClientFrame, DecodeError> client(std::span<const std::byte> bytes);
  Result<ServerFrame, DecodeError> server(std::span<const std::byte> bytes);

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

/// For the odd frame: with a Decoder of its own.
Result<ClientFrame, DecodeError> decode_client(std::span<const std::byte> bytes);
Result<ServerFrame, DecodeError> decode_server(std::span<const std::byte> bytes);

/// Appends the frame's bytes to `out`.
void encode(const ClientFrame& frame, std::string& out);
void encode(const ServerFrame& frame, std::string& out);

}  // namespace starling::wire
