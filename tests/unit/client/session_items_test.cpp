// Items of the user, and rooms that are joined.
#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

wire::Items change(std::uint64_t prev, std::uint64_t version, std::string key = "k") {
  return {.prev = prev,
          .version = version,
          .items = {{.kind = wire::ItemKind::Draft, .key = std::move(key), .value = "v", .version = version}}};
}

auto put_item(ScriptedServer& server, std::string key) {
  return server.command([&](Session& s, Instant now, Output& out) {
    return s.put_item(wire::ItemKind::Draft, std::move(key), "text", 0, now, out);
  });
}

TEST(Items, AreStoredShownAndNamedByTheNextHello) {
  ScriptedServer server;
  server.bring_online();
  server.receive(change(0, 3));
  const Seen seen = server.take();
  ASSERT_EQ(seen.items.size(), 1u);
  EXPECT_EQ(seen.all_persisted<PersistItems>().size(), 1u);
  server.disconnect();
  server.pass(2s);
  server.connect();
  EXPECT_EQ(server.take().all<wire::Hello>().at(0).items_version, 3u);
}

TEST(Items, AGapIsReadAgainAndARepeatIsNot) {
  ScriptedServer server;
  server.bring_online();
  server.receive(change(0, 3));
  server.take();
  server.receive(change(4, 5));
  const Seen gap = server.take();
  EXPECT_TRUE(gap.items.empty());
  ASSERT_EQ(gap.all<wire::ReadItems>().size(), 1u);
  EXPECT_EQ(gap.all<wire::ReadItems>()[0].after, 3u);
  server.receive(change(3, 5));
  server.receive(change(3, 5));
  server.receive(change(2, 4));
  EXPECT_EQ(server.take().items.size(), 1u);
}

TEST(Items, AServerThatHasLostSomeReplacesAll) {
  ScriptedServer server;
  server.bring_online();
  server.receive(change(0, 9));
  server.take();
  server.receive(change(0, (std::uint64_t{1} << 32) + 1));
  EXPECT_EQ(server.take().items.at(0).prev, 0u);
  server.receive(change(9, 10));  // of what is gone
  EXPECT_TRUE(server.take().items.empty());
}

TEST(Items, AListThatAChangeHasOvertakenIsAskedForAgain) {
  ScriptedServer server;
  server.bring_online();
  server.receive(change(0, 9));
  server.take();
  server.receive(change(0, 7));
  const Seen seen = server.take();
  EXPECT_EQ(seen.items.size(), 1u);
  ASSERT_EQ(seen.all<wire::ReadItems>().size(), 1u);
  EXPECT_EQ(seen.all<wire::ReadItems>()[0].after, 7u);
}

TEST(Items, APutGoesAgainOnTheNextConnectionUntilItIsAnswered) {
  ScriptedServer server;
  server.bring_online();
  const auto id = put_item(server, "16");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(server.take().all<wire::PutItem>().size(), 1u);
  server.disconnect();
  server.pass(2s);
  server.connect();
  server.welcome();
  ASSERT_EQ(server.take().all<wire::PutItem>().size(), 1u);
  server.receive(wire::ItemPut{.request_id = *id, .status = wire::PutStatus::Busy, .retry_after_ms = 500});
  EXPECT_TRUE(server.take().puts.empty());
  server.pass(1s);
  EXPECT_EQ(server.take().all<wire::PutItem>().size(), 1u);
  server.receive(wire::ItemPut{.request_id = *id, .status = wire::PutStatus::Put});
  EXPECT_EQ(server.take().puts.size(), 1u);
  server.receive(wire::ItemPut{.request_id = *id, .status = wire::PutStatus::Put});
  EXPECT_TRUE(server.take().puts.empty());
}

TEST(Items, WhatTheServerWouldRefuseIsRefusedHere) {
  ScriptedServer server;
  server.bring_online();
  EXPECT_EQ(put_item(server, "").error(), CommandError::TooLarge);
  EXPECT_EQ(put_item(server, std::string(65, 'k')).error(), CommandError::TooLarge);
  EXPECT_EQ(put_item(server, "\xff").error(), CommandError::BadText);
}

TEST(JoinRoom, IsAskedUntilItIsAnswered) {
  ScriptedServer server;
  server.bring_online();
  const auto id =
      server.command([](Session& s, Instant now, Output& out) { return s.join_room(kOther, false, now, out); });
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(server.take().all<wire::JoinRoom>().at(0).room, kOther);
  server.receive(wire::RoomJoined{.request_id = *id, .room = kOther, .status = wire::JoinStatus::Forbidden});
  EXPECT_EQ(server.take().joined.at(0).status, wire::JoinStatus::Forbidden);
}

}  // namespace
}  // namespace starling::client
