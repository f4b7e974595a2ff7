// The search index of a running server: kept while it serves, made anew when it is lost, and no reason not to start.
#include "server/search/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/sqlite/sqlite.h"
#include "server/search/sqlite_log.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr UserId kAnn{1};

class SearchIndex : public testing::Test {
 protected:
  std::string file(const char* name) const { return (dir_.path() / "data" / name).string(); }

  void say(ServerProcess& server, std::uint32_t count) {
    Peer peer(server.port());
    peer.login(server.token(kAnn, DeviceId(11)));
    room_ = peer.create_room(1);
    for (std::uint32_t i = 0; i < count; ++i) {
      ++cseq_;
      const auto said = peer.say(room_, Epoch(1), Cseq(cseq_), "hello number " + std::to_string(cseq_));
      EXPECT_EQ(said.status, wire::SendStatus::Accepted);
    }
  }
  /// Asked of the server until it says so.
  static bool indexed(const ServerProcess& server, int messages) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    const std::string wanted = "\nstarling_search_indexed_total " + std::to_string(messages) + "\n";
    while (std::chrono::steady_clock::now() < end) {
      if (http_get(server.port(), "/metrics").find(wanted) != std::string::npos) return true;
    }
    return false;
  }

  TempDir dir_;
  RoomId room_;
  std::uint32_t cseq_ = 0;
};

TEST_F(SearchIndex, FollowsTheLogAndGoesOnAfterAKill) {
  ServerProcess server(dir_);
  say(server, 3);
  EXPECT_TRUE(indexed(server, 3));
  server.kill_hard();
  server.restart();
  EXPECT_TRUE(indexed(server, 0)) << "nothing is indexed twice";
  say(server, 2);
  EXPECT_TRUE(indexed(server, 2));
}

TEST_F(SearchIndex, ALostOrRuinedFileIsMadeAnew) {
  ServerProcess server(dir_);
  say(server, 5);
  EXPECT_TRUE(indexed(server, 5));
  server.kill_hard();
  const auto remove = [this] {
    for (const char* part : {"search.db", "search.db-wal", "search.db-shm"}) std::filesystem::remove(file(part));
  };
  remove();
  server.restart();
  EXPECT_TRUE(indexed(server, 5));
  server.kill_hard();
  remove();
  dir_.write("data/search.db", std::string(50'000, 'x'));
  server.restart();
  EXPECT_TRUE(indexed(server, 5));
}

TEST_F(SearchIndex, IsNotMadeWhereItIsTurnedOff) {
  ServerProcess server(dir_, {.sections = "[search]\nenabled = false\n"});
  say(server, 1);
  EXPECT_THAT(http_get(server.port(), "/metrics"), Not(HasSubstr("starling_search")));
  EXPECT_FALSE(std::filesystem::exists(file("search.db")));
}

TEST_F(SearchIndex, AnotherProcessReadsItBesideTheServer) {
  ServerProcess server(dir_);
  say(server, 3);
  EXPECT_TRUE(indexed(server, 3));
  search::Finder finder(file("search.db"), search::sqlite_logs(file("starling.db"))());
  const auto page = finder.find({.user = kAnn, .text = "number"});
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->hits.size(), 3u);
  EXPECT_EQ(page->hits.front().text, "hello number 3");
  EXPECT_EQ(page->hits.front().room, room_);
}

}  // namespace
}  // namespace starling::test
