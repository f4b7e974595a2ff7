#include "server/runtime/outbox.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace starling::runtime {
namespace {

ports::SharedFrame core_frame(const std::string& payload) {
  ports::SharedFrame frame(payload);
  frame.headroom()[2] = std::byte{'H'};
  frame.headroom()[3] = std::byte{'h'};
  frame.seal(2);
  return frame;
}

std::string shown(const Outbox& outbox, std::size_t entries = 64) {
  std::array<iovec, 64> iov;
  const std::size_t n = outbox.gather(std::span(iov).first(entries));
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text.append(static_cast<const char*>(iov[i].iov_base), iov[i].iov_len);
  return text;
}

TEST(Outbox, ShowsFramesInTheOrderTheyCame) {
  Outbox outbox;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    outbox.push(core_frame(std::to_string(i)));
    expected += "Hh" + std::to_string(i);
  }
  EXPECT_EQ(shown(outbox), expected);
}

TEST(Outbox, ShowsNoMoreThanThereIsRoomFor) {
  Outbox outbox;
  for (int i = 0; i < 20; ++i) outbox.push(core_frame("x"));
  EXPECT_EQ(shown(outbox, 7), "HhxHhxHhxHhxHhxHhxHhx");
}

TEST(Outbox, ResumesWithinAFrame) {
  Outbox outbox;
  outbox.push(core_frame("first"));
  outbox.push(core_frame("second"));
  EXPECT_EQ(outbox.consume(4).frames, 0u);
  EXPECT_EQ(shown(outbox), "rstHhsecond");
  EXPECT_EQ(outbox.consume(3 + 2).frames, 1u);
  EXPECT_EQ(shown(outbox), "second");
}

TEST(Outbox, CountsPayloadOfCoreFramesOnly) {
  Outbox outbox;
  outbox.push(core_frame("12345"));
  outbox.push(ports::SharedFrame("control"));
  outbox.push(core_frame("123"));
  const auto written = outbox.consume(7 + 7 + 5);
  EXPECT_EQ(written.frames, 3u);
  EXPECT_EQ(written.payload, 8u);
  EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, AnyWayOfCuttingTheWritesYieldsTheSameBytes) {
  for (std::size_t step = 1; step < 40; ++step) {
    Outbox outbox;
    std::string expected;
    for (int i = 0; i < 17; ++i) {
      const std::string payload(static_cast<std::size_t>(i), static_cast<char>('a' + i));
      outbox.push(core_frame(payload));
      expected += "Hh" + payload;
    }
    std::string written;
    while (!outbox.empty()) {
      const std::string next = shown(outbox, 3).substr(0, step);
      written += next;
      outbox.consume(next.size());
    }
    EXPECT_EQ(written, expected) << "step " << step;
  }
}

TEST(Outbox, DroppingKeepsTheFrameThatIsPartlyWritten) {
  Outbox outbox;
  for (int i = 0; i < 9; ++i) outbox.push(core_frame("payload"));
  outbox.consume(9 + 3);
  outbox.drop_unstarted();
  EXPECT_EQ(shown(outbox), "ayload");
  outbox.consume(6);
  outbox.push(core_frame("x"));
  outbox.drop_unstarted();
  EXPECT_TRUE(outbox.empty());
}

}  // namespace
}  // namespace starling::runtime
