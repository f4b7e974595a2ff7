// A connection that is cut in the middle of an exchange.
#include <gtest/gtest.h>

#include <memory>

#include "server/store/postgres/conninfo.h"
#include "tests/integration/cluster/own_world.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};

TEST(PostgresCut, WhatAnExchangeWithoutAnEndHasLockedIsFreeAgainInSeconds) {
  if (!test::OwnWorld::can_be()) GTEST_SKIP() << "needs root, ip and nft";
  test::OwnWorld world;
  support::Cluster cluster({"listen_addresses=127.0.0.1", "port=5432"});
  support::Sql sql(cluster.conninfo());
  const postgres::ConnectParams params("host=127.0.0.1 user=starling dbname=postgres", postgres::Access::Write);
  const std::unique_ptr<PGconn, Finish> node(params.connect());
  ASSERT_EQ(PQenterPipelineMode(node.get()), 1) << PQerrorMessage(node.get());
  ASSERT_EQ(PQsendQueryParams(node.get(), "SELECT pg_advisory_xact_lock(7)", 0, nullptr, nullptr, nullptr, nullptr, 0),
            1);
  ASSERT_EQ(PQsendFlushRequest(node.get()), 1);
  ASSERT_EQ(PQflush(node.get()), 0);
  const std::unique_ptr<PGresult, Finish> locked(PQgetResult(node.get()));
  ASSERT_EQ(PQresultStatus(locked.get()), PGRES_TUPLES_OK);
  EXPECT_EQ(sql.run("SELECT pg_try_advisory_xact_lock(7)"), "f");
  world.cut(5432);
  EXPECT_TRUE(comes_true([&] { return sql.run("SELECT pg_try_advisory_xact_lock(7)") == "t"; }));
}

}  // namespace
}  // namespace starling::integration
