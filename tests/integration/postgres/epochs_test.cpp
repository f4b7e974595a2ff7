// What an operator does when the database has lost something.
#include <gmock/gmock.h>

#include "server/store/postgres/raise_epochs.h"
#include "tests/contract/store/room_script.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using contract::group;
using contract::kAda;
using contract::kRoom;
using testing::AllOf;
using testing::HasSubstr;

class PostgresEpochs : public testing::Test {
 protected:
  PostgresEpochs() {
    AskedStore(config_).insist(group({kAda}));
    wait_for_backends();
  }

  /// Which end a little later than their connections.
  void wait_for_backends() {
    EXPECT_TRUE(comes_true([&] {
      return database_.sql().run(
                 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'starlingd' "
                 "AND datname = current_database()") == "0";
    }));
  }

  Epoch epoch() { return AskedStore(config_).get<ports::RoomLoaded>(ports::LoadRoom{kRoom}).epoch; }

  support::Database database_;
  postgres::StoreConfig config_{.conninfo = database_.conninfo(), .durability = postgres::Durability::Local};
};

TEST_F(PostgresEpochs, AreRaisedInEveryRoomByAsMuchAsIsAsked) {
  const auto raised = postgres::raise_epochs(database_.conninfo(), 5);
  ASSERT_TRUE(raised) << raised.error();
  EXPECT_EQ(raised->rooms, 1u);
  EXPECT_GE(raised->events, 1u);
  EXPECT_EQ(epoch(), Epoch(6));
}

TEST_F(PostgresEpochs, AreLeftAloneWhileANodeIsConnectedWhateverItIsCalled) {
  {
    AskedStore node(
        {.conninfo = database_.conninfo() + " application_name=chat", .durability = postgres::Durability::Local});
    const auto raised = postgres::raise_epochs(database_.conninfo(), 1);
    ASSERT_FALSE(raised);
    EXPECT_THAT(raised.error(), AllOf(HasSubstr("chat is connected"), HasSubstr("stop every node")));
  }
  EXPECT_EQ(epoch(), Epoch(1));
}

TEST_F(PostgresEpochs, OfAnotherHistoryEndWhatAStoreWrites) {
  {
    AskedStore node({.conninfo = database_.conninfo(), .connections = 1, .durability = postgres::Durability::Local});
    database_.sql().run("SELECT raise_epochs()");
    EXPECT_TRUE(comes_true([&] { return node.run(ports::LoadRoom{kRoom}).status == ports::StoreStatus::Stopped; }));
    EXPECT_EQ(node.run(group({kAda}, 2, RoomId(71))).status, ports::StoreStatus::Stopped);
  }
  wait_for_backends();
  EXPECT_EQ(database_.sql().run("SELECT count(*) FROM rooms WHERE room_id = 71"), "0");
}

TEST_F(PostgresEpochs, OfADatabaseWithoutALogAreARefusal) {
  const auto raised = postgres::raise_epochs(support::shared_conninfo("postgres"), 1);
  ASSERT_FALSE(raised);
  EXPECT_THAT(raised.error(), HasSubstr("the database postgres has no schema starling"));
}

}  // namespace
}  // namespace starling::integration
