#include <gtest/gtest.h>

#include "tests/unit/wire/random_frames.h"

namespace starling::wire {
namespace {

using namespace testing;

constexpr int kFramesOfEach = 500;

TEST(RoundTrip, EveryClientFrameComesBackAsItWas) {
  Rng rng(1);
  Decoder decoder;
  for (std::size_t index = 0; index < std::variant_size_v<ClientFrame>; ++index) {
    for (int i = 0; i < kFramesOfEach; ++i) {
      const ClientFrame frame = random_client_frame(rng, index);
      ASSERT_EQ(frame.index(), index);
      const auto back = decoder.client(view(bytes_of(frame)));
      ASSERT_TRUE(back.has_value()) << "frame " << index << ": " << describe(back.error());
      ASSERT_EQ(*back, frame);
    }
  }
}

TEST(RoundTrip, EveryServerFrameComesBackAsItWas) {
  Rng rng(2);
  Decoder decoder;
  for (std::size_t index = 0; index < std::variant_size_v<ServerFrame>; ++index) {
    for (int i = 0; i < kFramesOfEach; ++i) {
      const ServerFrame frame = random_server_frame(rng, index);
      ASSERT_EQ(frame.index(), index);
      const auto back = decoder.server(view(bytes_of(frame)));
      ASSERT_TRUE(back.has_value()) << "frame " << index << ": " << describe(back.error());
      ASSERT_EQ(*back, frame);
    }
  }
}

TEST(RoundTrip, AReusedDecoderAnswersLikeAFreshOne) {
  Rng rng(3);
  Decoder reused;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = bytes_of(random_server_frame(rng, rng.below(std::variant_size_v<ServerFrame>)));
    if (rng.chance(1, 2)) bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256));
    ASSERT_EQ(reused.server(view(bytes)), decode_server(view(bytes)));
  }
}

TEST(Encode, AppendsToWhatIsThere) {
  std::string out = "before";
  encode(ClientFrame(Typing{.room = RoomId(1)}), out);
  EXPECT_EQ(out.substr(0, 6), "before");
  EXPECT_EQ(out.substr(6), bytes_of(ClientFrame(Typing{.room = RoomId(1)})));
}

}  // namespace
}  // namespace starling::wire
