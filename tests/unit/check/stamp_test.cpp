#include "loadsim/check/stamp.h"

#include <gtest/gtest.h>

namespace starling::check {
namespace {

const Stamp kStamp{
    .run = 7, .room = RoomId(0xABCDEF0123456789), .device = DeviceId(42), .number = 9, .intended_ns = -5};

TEST(Stamp, IsReadBackFromABodyOfAnyLength) {
  for (const std::size_t bytes : {std::size_t{0}, kStampBytes, kStampBytes + 1, std::size_t{1000}}) {
    const std::string body = stamped_body(kStamp, bytes);
    EXPECT_EQ(body.size(), std::max(bytes, kStampBytes));
    EXPECT_EQ(read_stamp(body), kStamp);
  }
}

TEST(Stamp, AChangeOfAnyByteIsNoticed) {
  const std::string body = stamped_body(kStamp, 100);
  for (std::size_t i = 0; i < body.size(); ++i) {
    std::string altered = body;
    altered[i] = altered[i] == 'a' ? 'b' : 'a';
    EXPECT_NE(read_stamp(altered), kStamp) << "byte " << i;
    EXPECT_FALSE(read_stamp(altered).has_value()) << "byte " << i;
  }
}

TEST(Stamp, AShortenedBodyIsNoticed) {
  const std::string body = stamped_body(kStamp, 100);
  for (std::size_t n = 0; n < body.size(); ++n) EXPECT_FALSE(read_stamp(body.substr(0, n)).has_value());
}

}  // namespace
}  // namespace starling::check
