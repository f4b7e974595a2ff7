// What was imported from another system is read from a real server, and goes on there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "common/wire/event.h"
#include "server/transfer/foreign_names.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kArchive =
    R"({"type":"version","version":1}
{"type":"channel","channel":{"team":"t","name":"tea","display_name":"Tea","type":"O","header":"Leaves"}}
{"type":"user","user":{"username":"ann","teams":[{"name":"t","channels":[{"name":"tea","roles":"channel_user channel_admin"}]}]}}
{"type":"user","user":{"username":"bob","teams":[{"name":"t","channels":[{"name":"tea","roles":"channel_user"}]}]}}
{"type":"post","post":{"team":"t","channel":"tea","user":"ann","message":"hello @bob","create_at":1600000000000,"reactions":[{"user":"bob","emoji_name":"+1","create_at":1600000000500}],"replies":[{"user":"bob","message":"in the thread","create_at":1600000001000}]}}
{"type":"direct_post","direct_post":{"channel_members":["ann","bob"],"user":"bob","message":"just you","create_at":1600000002000}}
)";

class Imported : public testing::Test {
 protected:
  Imported() {
    dir_.write("bulk.jsonl", kArchive);
    // The server's own way of laying out its directory decides where the import goes.
    server_.process().signal(SIGTERM);
    EXPECT_EQ(server_.process().wait(), 0);
    const std::string at = dir_.path().string() + "/";
    const std::string command = std::string(STARLINGCTL) + " --config " + at +
                                "starling.toml import --from mattermost " + at + "bulk.jsonl > " + at + "said 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << dir_.read("said");
    EXPECT_THAT(dir_.read("said"), HasSubstr("2 rooms"));
    server_.restart();
  }

  TempDir dir_;
  ServerProcess server_{dir_};
  UserId bob_{transfer::number_of("user", "mattermost", "bob")};
};

TEST_F(Imported, AMemberFindsTheRoomsReadsTheirHistoryAndGoesOn) {
  Peer bob(server_.port());
  bob.login(server_.token(bob_, DeviceId(77)));
  const auto list = bob.expect<wire::RoomList>();
  ASSERT_EQ(list.rooms.size(), 2u);
  std::vector<std::string> texts;
  for (const wire::RoomInfo& info : list.rooms) {
    const wire::SyncedRoom synced = bob.sync(info.room);
    bob.send(wire::HistoryRequest{.request_id = 1, .room = info.room, .limit = 100});
    const auto page = bob.expect<wire::HistoryPage>();
    PrefixHash hash = page.hash_before;
    Seq root;
    for (const wire::Event& event : page.events) {
      hash = wire::fold(hash, event);
      if (event.kind == wire::EventKind::Message) texts.push_back(event.body);
      if (event.body.starts_with("hello")) root = event.seq;
      const bool reply = event.body == "in the thread";
      const bool reaction = event.kind == wire::EventKind::ReactionAdd;
      EXPECT_EQ(event.thread, reply ? root : Seq());
      EXPECT_EQ(event.target, reaction ? root : Seq());
    }
    EXPECT_EQ(page.head, page.events.back().seq);
    EXPECT_EQ(bob.say(info.room, synced.epoch, Cseq(1), "here now").status, wire::SendStatus::Accepted);
  }
  EXPECT_THAT(texts, Contains("hello <@" + std::to_string(bob_.value) + ">"));
  EXPECT_THAT(texts, Contains("in the thread"));
  EXPECT_THAT(texts, Contains("just you"));
}

}  // namespace
}  // namespace starling::test
