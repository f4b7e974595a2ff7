// The short road and the general one must lead to the same place, whatever the bytes.
#include "common/wire/plain_event.h"

#include <gtest/gtest.h>

#include "common/wire/decode_fields.h"
#include "common/wire/limits.h"
#include "tests/unit/wire/random_frames.h"

namespace starling::wire {
namespace {

using namespace testing;

Result<ServerFrame, DecodeError> general(const std::string& bytes) {
  pb::ServerFrame message;
  if (!message.ParseFromString(bytes)) return fail(DecodeError::Malformed);
  return to_struct(message);
}

constexpr std::size_t kEventIndex = 4;

TEST(PlainEvent, TakesWhatIsEncodedForMessages) {
  Rng rng(11);
  int taken = 0;
  for (int i = 0; i < 3000; ++i) {
    const ServerFrame frame = random_server_frame(rng, kEventIndex);
    const std::string bytes = bytes_of(frame);
    const auto event = decode_plain_event(view(bytes));
    if (!event) continue;
    ++taken;
    ASSERT_EQ(ServerFrame(*event), frame);
  }
  EXPECT_GT(taken, 1000);
  EXPECT_TRUE(decode_plain_event(view(bytes_of(sample_server_frames()[kEventIndex]))));
}

TEST(PlainEvent, AgreesWithTheGeneralDecoderOnDamagedEvents) {
  Rng rng(12);
  int taken = 0, left = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string bytes = bytes_of(random_server_frame(rng, kEventIndex));
    if (bytes.size() > 200) continue;
    for (std::uint64_t n = 1 + rng.below(3); n > 0; --n) {
      const std::uint64_t at = rng.below(bytes.size());
      switch (rng.below(3)) {
        case 0:
          bytes[at] = static_cast<char>(rng.below(256));
          break;
        case 1:
          bytes.erase(at, 1 + rng.below(4));
          break;
        default:
          bytes.insert(at, 1 + rng.below(4), static_cast<char>(rng.below(256)));
          break;
      }
      if (bytes.empty()) bytes = "x";
    }
    // Repaired here and there, so that damage reaches the fields and not only the frame's length.
    if (bytes.size() > 2 && bytes.size() < 129 && rng.chance(3, 4)) {
      bytes[0] = '\x32';
      bytes[1] = static_cast<char>(bytes.size() - 2);
    }
    const auto event = decode_plain_event(view(bytes));
    if (!event) {
      ++left;
      continue;
    }
    ++taken;
    const auto expected = general(bytes);
    ASSERT_TRUE(expected.has_value());
    ASSERT_EQ(ServerFrame(*event), *expected);
  }
  EXPECT_GT(taken, 1000);
  EXPECT_GT(left, 1000);
}

TEST(PlainEvent, LeavesWhatItDoesNotJudge) {
  const auto left = [](Event event) { return !decode_plain_event(view(bytes_of(ServerFrame(event)))); };
  const Event plain{.room = RoomId(1), .epoch = Epoch(1), .seq = Seq(1), .body = "x"};
  EXPECT_FALSE(left(plain));
  Event e = plain;
  e.kind = EventKind::ReactionAdd;
  EXPECT_FALSE(left(e));
  e.body = "\xff";
  EXPECT_TRUE(left(e));
  e = plain;
  e.thread = Seq(1);
  EXPECT_TRUE(left(e));
  e = plain;
  e.kind = EventKind(0);
  EXPECT_TRUE(left(e));
  e = plain;
  e.role = Role(5);
  EXPECT_TRUE(left(e));
  e = plain;
  e.erased_hash = 1;
  EXPECT_TRUE(left(e));
  e = plain;
  e.ts = wall_from_ms(-1);
  EXPECT_TRUE(left(e));
  e = plain;
  e.body = std::string(limits::kBodyBytesMax + 1, 'x');
  EXPECT_TRUE(left(e));
}

}  // namespace
}  // namespace starling::wire
