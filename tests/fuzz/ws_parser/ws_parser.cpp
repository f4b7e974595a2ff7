// Any bytes as one direction of a connection, for either role. The parser must yield what the model says, at once and in
// random pieces, hold no more than its limits allow, and read back what the encoder writes of it.
#include <algorithm>

#include "common/base/assert.h"
#include "common/base/rng.h"
#include "common/ws/frame.h"
#include "tests/fuzz/entry.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/ws_parser/model.h"

namespace {

using namespace starling;
using ws::Item;
using ws::testing::Seen;

constexpr std::size_t kPartialMax = 512;  // of a Partial beside the message that it holds

std::vector<Seen> read_in_pieces(std::string_view stream, std::size_t piece_max, Rng rng, ws::Role role,
                                 const ws::Limits& limits) {
  ws::Parser parser(role, limits);
  std::vector<Seen> seen;
  while (!stream.empty()) {
    const auto size = std::min<std::size_t>(stream.size(), 1 + rng.below(piece_max));
    ws::testing::feed(parser, stream.substr(0, size), seen);
    stream.remove_prefix(size);
    STARLING_ASSERT(parser.heap_bytes() <= limits.message_bytes_max + kPartialMax);
    const bool ended =
        !seen.empty() && (seen.back().kind == Item::Kind::Close || seen.back().kind == Item::Kind::Error);
    STARLING_ASSERT(parser.finished() == ended);
    STARLING_ASSERT(!ended || !parser.partial());
  }
  return seen;
}

ws::Opcode opcode_of(const Seen& seen) {
  switch (seen.kind) {
    case Item::Kind::Ping:
      return ws::Opcode::Ping;
    case Item::Kind::Pong:
      return ws::Opcode::Pong;
    case Item::Kind::Close:
      return ws::Opcode::Close;
    default:
      return seen.text ? ws::Opcode::Text : ws::Opcode::Binary;
  }
}

std::string_view chars(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The stream that our own encoder makes of the items.
std::vector<std::byte> written(const std::vector<Seen>& items, ws::Role reader, Rng rng) {
  std::vector<std::byte> out;
  for (const Seen& item : items) {
    const auto payload = std::as_bytes(std::span(item.payload));
    if (reader == ws::Role::Server) {
      ws::append_client_frame(out, opcode_of(item), payload, ws::MaskKey{static_cast<std::uint32_t>(rng.next())});
    } else if (item.kind == Item::Kind::Close) {
      std::byte close[ws::kControlPayloadMax];
      const std::size_t size = ws::write_close_payload(close, item.close_code, ws::close_reason(payload));
      ws::append_server_frame(out, ws::Opcode::Close, std::span(close).first(size));
    } else if (payload.size() > 0xFFFF) {
      ws::append_server_frame(out, opcode_of(item), payload);
    } else {
      std::byte headroom[4];
      const std::size_t size = ws::write_server_header_before(headroom, opcode_of(item), payload.size());
      out.insert(out.end(), std::end(headroom) - size, std::end(headroom));
      out.insert(out.end(), payload.begin(), payload.end());
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input in(data, size);
  const auto role = in.flag() ? ws::Role::Server : ws::Role::Client;
  const ws::Limits limits{.message_bytes_max = in.pick<std::uint32_t>({0, 1, 125, 126, 300, 64 * 1024, 70'000}),
                          .frames_per_message_max = in.in_range<std::uint32_t>(0, 8),
                          .allow_text = in.flag()};
  const Rng rng(in.in_range<std::uint8_t>(0, 255));
  const std::string stream = in.rest();

  auto expected = fuzz::items_of(stream, role, limits);
  for (const std::size_t piece_max : {stream.size() + 1, std::size_t{1}, std::size_t{5}, std::size_t{200}}) {
    STARLING_ASSERT(read_in_pieces(stream, piece_max, rng, role, limits) == expected);
  }

  if (!expected.empty() && expected.back().kind == Item::Kind::Error) {
    STARLING_ASSERT(ws::is_sendable(expected.back().close_code));
    STARLING_ASSERT(!ws::describe(expected.back().violation).empty());
    expected.pop_back();
  }
  if (limits.frames_per_message_max > 0) {
    const auto again = written(expected, role, rng);
    STARLING_ASSERT(read_in_pieces(chars(again), 7, rng, role, limits) == expected);
  }
  return 0;
}
