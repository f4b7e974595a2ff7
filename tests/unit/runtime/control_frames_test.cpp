#include "server/runtime/control_frames.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "common/ws/parser.h"
#include "server/runtime/close_codes.h"

namespace starling::runtime {
namespace {

struct Read {
  ws::Item::Kind kind;
  ws::CloseCode code;
  std::string payload;
};

/// What a client makes of the bytes, which must be one whole frame.
Read read(std::span<const std::byte> bytes) {
  ws::Parser client(ws::Role::Client);
  std::vector<std::byte> copy(bytes.begin(), bytes.end());
  std::span<std::byte> input(copy);
  const ws::Item item = client.next(input);
  EXPECT_TRUE(input.empty());
  return {item.kind, item.close_code,
          std::string(reinterpret_cast<const char*>(item.payload.data()), item.payload.size())};
}

TEST(ControlFrames, AreWholeAndNotCountedAsPayloadOfTheCore) {
  const auto ping = ping_frame();
  EXPECT_FALSE(ping.is_sealed());
  EXPECT_EQ(read(ping.sealed()).kind, ws::Item::Kind::Ping);
  const std::array payload{std::byte{'h'}, std::byte{'i'}};
  EXPECT_EQ(read(pong_frame(payload).sealed()).payload, "hi");
}

TEST(ControlFrames, ACloseFrameCarriesItsCodeAndAReasonThatFits) {
  const auto frame = close_frame(close_code::kSlowReader, std::string(300, 'x'));
  const Read closed = read(frame.sealed());
  EXPECT_EQ(closed.kind, ws::Item::Kind::Close);
  EXPECT_EQ(static_cast<std::uint16_t>(closed.code), close_code::kSlowReader);
  EXPECT_EQ(closed.payload.size(), 125u);
}

TEST(ControlFrames, SealingWritesTheHeaderOnce) {
  ports::SharedFrame frame{std::string(300, 'p')};
  seal(frame);
  seal(frame);
  const Read message = read(frame.sealed());
  EXPECT_EQ(message.kind, ws::Item::Kind::Message);
  EXPECT_EQ(message.payload, std::string(300, 'p'));
}

TEST(CloseCodes, EveryReasonOfTheCoreHasTheCodeOfTheProtocol) {
  using enum core::CloseReason;
  EXPECT_EQ(close_code_of(ProtocolError), 1008);
  EXPECT_EQ(close_code_of(Fenced), 4003);
  EXPECT_EQ(close_code_of(SlowReader), 4008);
  EXPECT_EQ(close_code_of(Draining), 4009);
  EXPECT_EQ(close_code_of(Overloaded), 4010);
}

}  // namespace
}  // namespace starling::runtime
