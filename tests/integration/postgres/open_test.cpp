// What the operator is told when a store cannot be opened.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

StartError refused(const std::string& conninfo) {
  auto opened = postgres::Store::open({.conninfo = conninfo, .durability = postgres::Durability::Local},
                                      [](ShardId, ports::StoreCompletion&&) {});
  return opened ? StartError("it was opened") : opened.error();
}

bool lets_in(const std::string& conninfo) {
  try {
    const support::Sql somebody(conninfo);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

/// For the role `locked`, which that server asks for one.
std::string with_password(const support::Cluster& cluster) {
  {
    std::ofstream hba(cluster.folder() + "/data/pg_hba.conf", std::ios::trunc);
    hba << "local all starling trust\nlocal replication starling trust\nlocal all locked scram-sha-256\n";
  }
  support::Sql(cluster.conninfo()).run("SELECT pg_reload_conf()");
  const std::string conninfo = "host=" + cluster.folder() + " user=locked dbname=postgres";
  EXPECT_TRUE(comes_true([&] { return !lets_in(conninfo); }));
  return conninfo;
}

TEST(PostgresOpen, AHostThatDoesNotResolveIsNamed) {
  const auto error = refused("host=nowhere.invalid user=starling dbname=starling");
  EXPECT_THAT(error.text, AllOf(HasSubstr("nowhere.invalid"), HasSubstr("check host")));
  EXPECT_TRUE(error.passes);
}

TEST(PostgresOpen, AConninfoThatIsNoneSaysSo) {
  EXPECT_THAT(refused("nonsense without a sign").text, HasSubstr("store.postgres"));
}

TEST(PostgresOpen, AWrongPasswordIsNotTriedAgainAndNotTold) {
  support::Cluster cluster;
  support::Sql(cluster.conninfo()).run("CREATE ROLE locked LOGIN PASSWORD 'right'");
  const std::string conninfo = with_password(cluster);
  const auto wrong = refused(conninfo + " password=sesame");
  EXPECT_THAT(wrong.text, AllOf(HasSubstr("check user and password"), Not(HasSubstr("sesame"))));
  EXPECT_FALSE(wrong.passes);
  const auto missing = refused(conninfo);
  EXPECT_THAT(missing.text, HasSubstr("was given none"));
  EXPECT_FALSE(missing.passes);
}

TEST(PostgresOpen, AServerThatIsFullOrAStandbyIsTriedAgainWhenThePasswordIsRight) {
  support::Cluster cluster;
  support::Sql sql(cluster.conninfo());
  sql.run("CREATE ROLE locked LOGIN PASSWORD 'right'");
  const std::string conninfo = with_password(cluster) + " password=right";
  sql.run("ALTER ROLE locked CONNECTION LIMIT 0");
  const auto full = refused(conninfo);
  EXPECT_THAT(full.text, HasSubstr("too many connections"));
  EXPECT_TRUE(full.passes) << "it says so only after it has seen the password";

  sql.run("ALTER ROLE locked CONNECTION LIMIT -1");
  const support::Cluster standby(cluster, "standby");
  const auto no_primary = refused(with_password(standby) + " password=right");
  EXPECT_THAT(no_primary.text, HasSubstr("session is read-only"));
  EXPECT_TRUE(no_primary.passes);
  EXPECT_FALSE(refused(with_password(standby) + " password=sesame").passes);
}

TEST(PostgresOpen, ANewerSchemaIsRefused) {
  support::Database database;
  database.sql().run("INSERT INTO migrations VALUES (99, now())");
  const auto error = refused(database.conninfo());
  database.sql().run("DELETE FROM migrations WHERE number = 99");
  EXPECT_THAT(error.text, AllOf(HasSubstr("schema 99"), HasSubstr("newer version")));
}

TEST(PostgresOpen, ARoleWithoutRightsIsToldWhichItNeeds) {
  support::Database database;
  database.sql().run("DO $$ BEGIN CREATE ROLE poor LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  std::string conninfo = database.conninfo();
  conninfo.replace(conninfo.find("user=starling"), 13, "user=poor");
  EXPECT_THAT(refused(conninfo).text, HasSubstr("USAGE on the schema starling"));
}

TEST(PostgresOpen, ARoleThatMayOnlyReadAndWriteIsEnough) {
  support::Database database;
  auto& sql = database.sql();
  sql.run("DO $$ BEGIN CREATE ROLE modest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  sql.run("GRANT USAGE ON SCHEMA starling TO modest");
  sql.run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA starling TO modest");
  std::string conninfo = database.conninfo();
  conninfo.replace(conninfo.find("user=starling"), 13, "user=modest");
  AskedStore store({.conninfo = conninfo, .durability = postgres::Durability::Local});
  ports::CreateAccount account{.account = {.profile = {.user = UserId(7), .handle = "ada"}}};
  const auto made = store.run(ports::ChangeAccounts{std::move(account), {}});
  EXPECT_EQ(made.status, ports::StoreStatus::Ok) << store.store().why();
}

TEST(PostgresOpen, AProcessThatMigratesIsWaitedFor) {
  support::Cluster cluster;
  support::Sql sql(cluster.conninfo());
  sql.run("SELECT pg_advisory_lock(6004234345560363852)");
  std::promise<std::string> told;
  auto migrated = std::async(std::launch::async, [&] {
    return postgres::migrate(cluster.conninfo(), [&](const std::string& line) { told.set_value(line); });
  });
  EXPECT_THAT(told.get_future().get(),
              HasSubstr("another process brings the schema of the database postgres up to date"));
  EXPECT_EQ(migrated.wait_for(std::chrono::seconds(3)), std::future_status::timeout)
      << "longer than any lock is waited for";
  sql.run("SELECT pg_advisory_unlock(6004234345560363852)");
  EXPECT_TRUE(migrated.get().has_value());
}

TEST(PostgresOpen, TwoThatMakeTheSchemaAtOnceBothSucceed) {
  support::Cluster cluster;
  auto other = std::async(std::launch::async, [&] { return postgres::migrate(cluster.conninfo()).has_value(); });
  EXPECT_TRUE(postgres::migrate(cluster.conninfo()).has_value());
  EXPECT_TRUE(other.get());
  const auto again = postgres::migrate(cluster.conninfo());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->from, again->to);
}

}  // namespace
}  // namespace starling::integration
