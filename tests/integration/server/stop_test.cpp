// How a server ends, by request and by force, and what is there afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "server/app/exit_codes.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Stop, SigtermSendsSessionsAwayAndEndsWell) {
  const TempDir dir;
  ServerProcess server(dir);
  Peer peer(server.port());
  peer.login(server.token(UserId(1), DeviceId(10)));
  server.process().signal(SIGTERM);
  EXPECT_GT(peer.expect<wire::Reconnect>().after_ms, 0u);
  EXPECT_EQ(peer.expect_close().code, 4009);
  EXPECT_EQ(server.process().wait(), app::kExitOk);
  EXPECT_THAT(server.process().output(), HasSubstr("stopped"));
}

TEST(Stop, WhoAskedSomethingIsAnsweredBeforeItEnds) {
  const TempDir dir;
  ServerProcess server(dir, {.sections = "[accounts]\nhash_threads = 1\n"});
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&server, i] {
      return http_call(server.port(), "POST", "/v1/login", {},
                       R"({"handle":"nobody)" + std::to_string(i) + R"(","password":"a horse, a battery"})");
    }));
  }
  std::this_thread::sleep_for(200ms);  // they are asked, and hashed one after the other
  server.process().signal(SIGTERM);
  for (auto& answer : answers) EXPECT_THAT(answer.get(), StartsWith("HTTP/1.1 401 "));
  EXPECT_EQ(server.process().wait(), app::kExitOk);
}

TEST(Stop, AnIdleServerEndsAtOnce) {
  const TempDir dir;
  ServerProcess server(dir);
  server.process().signal(SIGINT);
  EXPECT_EQ(server.process().wait(5s), app::kExitOk);
}

TEST(Stop, ADrainingServerIsNotReadyAndASecondSignalEndsIt) {
  const TempDir dir;
  // A hundred sessions at 1 % a second would take more than a minute.
  ServerProcess server(dir, {.sections = "[limits]\ndrain_per_s_percent = 1\n"});
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    peers.push_back(std::make_unique<Peer>(server.port()));
    peers.back()->login(server.token(UserId(i), DeviceId(i)));
  }
  server.process().signal(SIGTERM);
  std::string ready;
  for (int i = 0; i < 100 && ready.find(" 503 ") == std::string::npos; ++i) ready = http_get(server.port(), "/readyz");
  EXPECT_THAT(ready, StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(server.process().running());
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(5s), app::kExitOk);
}

TEST(Stop, WhatWasAcknowledgedSurvivesAKill) {
  const TempDir dir;
  ServerProcess server(dir);
  RoomId room;
  std::vector<Seq> acknowledged;
  {
    Peer peer(server.port());
    peer.login(server.token(UserId(1), DeviceId(10)));
    room = peer.create_room(1);
    const Epoch epoch = peer.sync(room).epoch;
    for (std::uint32_t i = 1; i <= 10; ++i) {
      const auto result = peer.say(room, epoch, Cseq(i), "message " + std::to_string(i));
      ASSERT_EQ(result.status, wire::SendStatus::Accepted);
      acknowledged.push_back(result.seq);
    }
    server.kill_hard();
  }
  server.restart();
  Peer peer(server.port());
  peer.login(server.token(UserId(1), DeviceId(10)));
  const wire::SyncedRoom synced = peer.sync(room);
  EXPECT_EQ(synced.next_cseq, Cseq(11));
  std::uint32_t next = 1;
  while (next <= 10) {
    const auto event = peer.expect<wire::Event>();
    if (event.kind != wire::EventKind::Message) continue;
    EXPECT_EQ(event.seq, acknowledged[next - 1]);
    EXPECT_EQ(event.body, "message " + std::to_string(next));
    ++next;
  }
  EXPECT_EQ(peer.say(room, synced.epoch, Cseq(10), "message 10").status, wire::SendStatus::Duplicate);
}

}  // namespace
}  // namespace starling::test
