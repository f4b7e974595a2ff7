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
  PostgresEpochs() { AskedStore(config_).insist(group({kAda})); }

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

TEST_F(PostgresEpochs, AreLeftAloneWhileANodeIsConnected) {
  {
    const support::Sql node(database_.conninfo() + " application_name='starlingd node 1 on here pid 7'");
    const auto raised = postgres::raise_epochs(database_.conninfo(), 1);
    ASSERT_FALSE(raised);
    EXPECT_THAT(raised.error(), AllOf(HasSubstr("starlingd node 1 on here pid 7"), HasSubstr("stop every node")));
  }
  EXPECT_EQ(epoch(), Epoch(1));
}

TEST_F(PostgresEpochs, OfADatabaseWithoutALogAreARefusal) {
  const auto raised = postgres::raise_epochs(support::shared_conninfo("postgres"), 1);
  ASSERT_FALSE(raised);
  EXPECT_THAT(raised.error(), HasSubstr("the database postgres has no schema starling"));
}

}  // namespace
}  // namespace starling::integration
