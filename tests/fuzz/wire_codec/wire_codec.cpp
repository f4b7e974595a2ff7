// Any bytes as a frame, either way. What decodes must encode to something that decodes to the same; and the short road
// for events must agree with the general decoder.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "common/base/assert.h"
#include "common/wire/codec.h"
#include "common/wire/decode_fields.h"
#include "common/wire/plain_event.h"
#include "tests/fuzz/entry.h"

namespace {

using namespace starling::wire;

template <class Frame>
std::string bytes_of(const Frame& frame) {
  std::string bytes;
  encode(frame, bytes);
  return bytes;
}
std::span<const std::byte> view(const std::string& s) { return std::as_bytes(std::span(s)); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Decoder decoder;
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  if (const auto frame = decoder.client(bytes)) {
    STARLING_ASSERT(decode_client(view(bytes_of(*frame))) == frame);
  } else {
    STARLING_ASSERT(describe(frame.error()) != nullptr);
  }
  if (const auto frame = decoder.server(bytes)) {
    STARLING_ASSERT(decode_server(view(bytes_of(*frame))) == frame);
  }
  if (const auto event = decode_plain_event(bytes)) {
    pb::ServerFrame message;
    STARLING_ASSERT(message.ParseFromArray(data, static_cast<int>(size)));
    STARLING_ASSERT(to_struct(message) == ServerFrame(*event));
  }
  return 0;
}
