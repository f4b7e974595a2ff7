#include "common/ws/frame.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/ws/byte_stream.h"

namespace starling::ws::testing {
namespace {

std::string as_string(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::span<const std::byte> as_payload(std::string_view text) { return std::as_bytes(std::span(text)); }

constexpr std::size_t kSizes[] = {0, 1, 125, 126, 127, 65535, 65536, 70000};
const Limits kLarge{.message_bytes_max = 1 << 20};

TEST(WsFrame, ServerFramesAreReadBackByAClient) {
  for (const std::size_t size : kSizes) {
    const std::string payload(size, 's');
    std::vector<std::byte> bytes;
    append_server_frame(bytes, Opcode::Binary, as_payload(payload));
    EXPECT_EQ(server_header_size(size) + size, bytes.size());
    EXPECT_EQ(std::vector{message(payload)}, parse(as_string(bytes), Role::Client, kLarge)) << size;
  }
}

TEST(WsFrame, ClientFramesAreReadBackByAServer) {
  for (const std::size_t size : kSizes) {
    const std::string payload(size, 'c');
    std::vector<std::byte> bytes{std::byte{1}};  // appends: what is there stays
    append_client_frame(bytes, Opcode::Binary, as_payload(payload), MaskKey{0xA1B2C3D4});
    EXPECT_EQ(1 + client_header_size(size) + size, bytes.size());
    EXPECT_EQ(std::vector{message(payload)}, parse(as_string(std::span(bytes).subspan(1)), Role::Server, kLarge));
  }
}

TEST(WsFrame, HeadersAreTheShortestThereAre) {
  std::byte out[kServerHeaderMax];
  EXPECT_EQ(2u, write_server_header(out, Opcode::Binary, 125));
  EXPECT_EQ(4u, write_server_header(out, Opcode::Binary, 126));
  EXPECT_EQ(4u, write_server_header(out, Opcode::Binary, 65535));
  EXPECT_EQ(10u, write_server_header(out, Opcode::Binary, 65536));
}

TEST(WsFrame, AHeaderCanBeWrittenBeforeAPayloadThatIsThere) {
  for (const std::size_t size : {0u, 125u, 126u, 65535u}) {
    std::vector<std::byte> block(4 + size, std::byte{'h'});
    const std::size_t header = write_server_header_before(std::span(block).first(4), Opcode::Binary, size);
    EXPECT_EQ(size <= 125 ? 2u : 4u, header);
    EXPECT_EQ(std::vector{message(std::string(size, 'h'))},
              parse(as_string(std::span(block).subspan(4 - header)), Role::Client));
  }
}

TEST(WsFrame, RfcExamplesOfSection5_7) {
  std::vector<std::byte> bytes;
  append_server_frame(bytes, Opcode::Text, as_payload("Hello"));
  EXPECT_EQ("\x81\x05Hello", as_string(bytes));
  bytes.clear();
  append_client_frame(bytes, Opcode::Text, as_payload("Hello"), MaskKey{0x3D21FA37});  // 37 FA 21 3D on the wire
  EXPECT_EQ("\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58", as_string(bytes));
  bytes.clear();
  append_server_frame(bytes, Opcode::Ping, as_payload("Hello"));
  EXPECT_EQ("\x89\x05Hello", as_string(bytes));
}

TEST(WsFrame, MaskingIsPerByteWhateverTheAlignmentAndTheOffset) {
  const MaskKey key{0x04030201};  // bytes 1, 2, 3, 4
  std::array<std::byte, 96> bytes;
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t size = 0; size <= 80; ++size) {
      for (std::size_t offset = 0; offset < 9; ++offset) {
        bytes.fill(std::byte{0xF0});
        apply_mask(std::span(bytes).subspan(begin, size), key, offset);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
          const bool inside = i >= begin && i < begin + size;
          const auto mask = inside ? std::byte((i - begin + offset) % 4 + 1) : std::byte{0};
          ASSERT_EQ(std::byte{0xF0} ^ mask, bytes[i]) << begin << " " << size << " " << offset << " " << i;
        }
      }
    }
  }
}

TEST(WsFrame, ClosePayloadsAreReadBack) {
  std::array<std::byte, kControlPayloadMax> out;
  const std::size_t size = write_close_payload(out, static_cast<CloseCode>(4010), "come back later");
  std::vector<std::byte> frame;
  append_server_frame(frame, Opcode::Close, std::span(out).first(size));
  EXPECT_EQ(std::vector{closed(4010, "come back later")}, parse(as_string(frame), Role::Client));
  EXPECT_EQ("come back later", close_reason(std::span(out).first(size)));
  EXPECT_EQ(0u, write_close_payload(out, CloseCode::NoStatus, {}));
  EXPECT_EQ("", close_reason({}));
}

TEST(WsFrame, ALongCloseReasonIsCutBetweenCharacters) {
  std::array<std::byte, kControlPayloadMax> out;
  EXPECT_EQ(125u, write_close_payload(out, CloseCode::Normal, std::string(200, 'x')));
  std::string clocks;
  while (clocks.size() < 200) clocks += "\xE2\x8F\xB0";  // 3 bytes each: 41 of them make 123
  EXPECT_EQ(125u, write_close_payload(out, CloseCode::Normal, clocks));
  EXPECT_EQ(125u - 2, write_close_payload(out, CloseCode::Normal, "x" + clocks));
  EXPECT_EQ("x" + clocks.substr(0, 120), close_reason(std::span(out).first(123)));
}

TEST(WsFrameDeathTest, AControlFrameThatIsTooLongIsOurOwnMistake) {
  std::byte out[kServerHeaderMax];
  EXPECT_DEATH(write_server_header(out, Opcode::Ping, 126), "kControlPayloadMax");
  EXPECT_DEATH(write_server_header_before(std::span(out).first(4), Opcode::Binary, 65536), "headroom");
}

}  // namespace
}  // namespace starling::ws::testing
