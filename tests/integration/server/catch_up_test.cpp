// A reader far behind is fed in pieces, as fast as it reads: no piece waits for something else to happen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kMessages = 250;  // within the credit: no Delivered moves it on

TEST(CatchUp, NoPieceWaitsForTheNextTimer) {
  const TempDir dir;
  const ServerProcess server(dir, {.sections = "[runtime]\nshards = 1\n[limits]\nwindow_events = 1000\n"});
  Peer speaker(server.port());
  speaker.login(server.token(UserId(1), DeviceId(1), 1h, {.sends_per_s = 1000, .sends_burst = 1000}));
  const RoomId room = speaker.create_room(1);
  const wire::SyncedRoom synced = speaker.sync(room);
  Seq last;
  for (int i = 1; i <= kMessages; ++i) {
    last = speaker.say(room, synced.epoch, Cseq(static_cast<std::uint64_t>(i)), std::string(1200, 'x')).seq;
  }
  auto fastest = Clock::duration::max();
  for (std::uint64_t device = 2; device < 7; ++device) {
    Peer reader(server.port());
    reader.login(server.token(UserId(1), DeviceId(device)));
    const auto began = Clock::now();
    reader.sync(room);
    while (reader.expect<wire::Event>().seq < last) {
    }
    fastest = std::min(fastest, Clock::now() - began);
  }
  EXPECT_LT(fastest, 150ms);
}

}  // namespace
}  // namespace starling::test
