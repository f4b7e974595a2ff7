#include <gtest/gtest.h>

#include <set>

#include "tests/unit/wire/random_frames.h"

namespace starling::wire {
namespace {

using namespace testing;
using namespace std::string_literals;

TEST(Malformed, NoPrefixOfAFrameIsTakenForAnotherShape) {
  for (const ServerFrame& frame : sample_server_frames()) {
    const std::string bytes = bytes_of(frame);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      const auto result = decode_server(view(bytes.substr(0, n)));
      ASSERT_FALSE(result.has_value()) << frame.index() << " cut to " << n;
      ASSERT_EQ(result.error(), DecodeError::Malformed);
    }
  }
  for (const ClientFrame& frame : sample_client_frames()) {
    const std::string bytes = bytes_of(frame);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      const auto result = decode_client(view(bytes.substr(0, n)));
      ASSERT_FALSE(result.has_value()) << frame.index() << " cut to " << n;
      ASSERT_EQ(result.error(), DecodeError::Malformed);
    }
  }
}

TEST(Malformed, WhatIsDecodedFromDamagedBytesEncodesToItself) {
  Rng rng(4);
  Decoder decoder;
  int decoded = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = bytes_of(random_client_frame(rng, rng.below(std::variant_size_v<ClientFrame>)));
    for (std::uint64_t n = 1 + rng.below(3); n > 0; --n) {
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256));
    }
    const auto first = decoder.client(view(bytes));
    if (!first.has_value()) continue;
    ++decoded;
    ASSERT_EQ(decoder.client(view(bytes_of(*first))), first);
  }
  EXPECT_GT(decoded, 1000);
}

TEST(Malformed, BytesThatAreNoFrame) {
  EXPECT_EQ(decode_client(view(""s)).error(), DecodeError::Malformed);
  EXPECT_EQ(decode_client(view("\x08\x01"s)).error(), DecodeError::Malformed);  // only the flag
  EXPECT_EQ(decode_server(view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s)).error(), DecodeError::Malformed);
}

// Field 120 of the frame is not in use: a frame of a later version.
TEST(LaterVersions, AFrameIsSkippedOnlyWhenItSaysSo) {
  const std::string later = "\xc2\x07\x02hi"s;
  EXPECT_EQ(decode_server(view(later)).error(), DecodeError::UnknownFrame);
  EXPECT_EQ(decode_client(view(later)).error(), DecodeError::UnknownFrame);
  EXPECT_EQ(decode_server(view("\x08\x01" + later)).error(), DecodeError::Ignorable);
  EXPECT_EQ(decode_client(view("\x08\x01" + later)).error(), DecodeError::Ignorable);
}

TEST(LaterVersions, AFieldOfALaterVersionInAKnownFrameIsSkipped) {
  const std::string head =
      bytes_of(ServerFrame(Head{.room = RoomId(8), .epoch = Epoch(1), .seq = Seq(2), .msg_no = 1}));
  std::string longer = head + "\x98\x06\x07"s;  // field 99, varint 7
  longer[1] = static_cast<char>(longer[1] + 3);
  EXPECT_EQ(decode_server(view(longer)), decode_server(view(head)));
  EXPECT_TRUE(decode_server(view(longer)).has_value());
}

TEST(Describe, EveryErrorHasItsOwnText) {
  std::set<std::string> texts;
  for (const auto error : {DecodeError::Malformed, DecodeError::OverLimit, DecodeError::BadValue,
                           DecodeError::UnknownFrame, DecodeError::Ignorable}) {
    texts.insert(describe(error));
  }
  EXPECT_EQ(texts.size(), 5u);
}

}  // namespace
}  // namespace starling::wire
