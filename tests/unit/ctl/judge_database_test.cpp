#include "server/ctl/judge_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace starling::ctl {
namespace {

using postgres::Checkup;
using testing::HasSubstr;
using enum Verdict;

/// What is wrong comes with what mends it, and what is not comes without.
void expect(const Finding& finding, Verdict verdict, const char* fix = "") {
  EXPECT_EQ(verdict, finding.verdict) << finding.text;
  EXPECT_FALSE(finding.text.empty());
  EXPECT_EQ(verdict == Ok, finding.fix.empty()) << finding.fix;
  EXPECT_THAT(finding.fix, HasSubstr(fix));
}

/// Three standbys, of which one has to have what is acknowledged.
Checkup healthy() {
  Checkup found;
  found.version = "15.8";
  found.database = "starling";
  found.role = "starlingd";
  found.encoding = "UTF8";
  found.checksums = true;
  found.syncs = true;
  found.synchronous_standby_names = "ANY 1 (a, b, c)";
  found.standbys_awaited = 1;
  found.standbys_there = 3;
  found.connections_max = 97;
  found.has_schema = true;
  found.schema = 7;
  found.rooms = 1'000;
  return found;
}

TEST(JudgeDatabase, IsReachedAndHasTheSchemaOfThisProgram) {
  expect(judge_database(healthy()), Ok);
  EXPECT_THAT(judge_database(healthy()).text, HasSubstr("schema 7, 1,000 rooms"));
  const Finding lost = judge_database(tl::unexpected(std::string("cannot connect")));
  expect(lost, Fail, "store.postgres");
  EXPECT_EQ(lost.text, "cannot connect");
  Checkup found = healthy();
  found.schema_fault = "it has schema 6";
  expect(judge_database(found), Fail, "starlingctl migrate");
  found.encoding = "LATIN1";
  expect(judge_database(found), Fail, "ENCODING 'UTF8'");
}

TEST(JudgeDatabase, WithoutASchemaItIsMadeByWhoMay) {
  Checkup found = healthy();
  found.has_schema = false;
  expect(judge_database(found), Fail, "GRANT CREATE ON DATABASE starling TO starlingd");
  found.may_create = true;
  expect(judge_database(found), Warn, "starlingctl migrate");
}

TEST(JudgeDatabase, WhatIsAcknowledgedIsKeptAsConfigured) {
  using app::Durability;
  Checkup found = healthy();
  expect(judge_durability(found, Durability::Replicated), Ok);
  found.standbys_there = 1;
  expect(judge_durability(found, Durability::Replicated), Warn, "another standby");
  found.standbys_there = 0;
  expect(judge_durability(found, Durability::Replicated), Fail, "pg_stat_replication");
  found.standbys_hidden = true;
  expect(judge_durability(found, Durability::Replicated), Warn, "GRANT pg_monitor TO starlingd");
  found.standbys_awaited = 0;
  expect(judge_durability(found, Durability::Replicated), Fail, "ALTER SYSTEM SET synchronous_standby_names");
  expect(judge_durability(found, Durability::Local), Ok);
  found.syncs = false;
  expect(judge_durability(found, Durability::Local), Warn, "fsync = on");
}

TEST(JudgeDatabase, PagesAndRights) {
  Checkup found = healthy();
  expect(judge_checksums(found), Ok);
  expect(judge_rights(found), Ok);
  found.checksums = false;
  expect(judge_checksums(found), Warn, "pg_checksums --enable");
  found.rights_missing = "events, rooms";
  expect(judge_rights(found), Fail, "ON ALL TABLES IN SCHEMA starling TO starlingd");
  EXPECT_THAT(judge_rights(found).text, HasSubstr("events, rooms"));
}

TEST(JudgeDatabase, TheNodesNeedTheirConnectionsTwice) {
  app::Config config;  // of each node 4 + 2 + 2, which may be there twice, and 1 + 2
  const std::string key(43, 'k');
  config.runtime.node = 1;
  config.cluster.peers = {"0 tcp://10.0.0.1:7008 " + key, "2 tcp://10.0.0.3:7008 " + key};
  Checkup found = healthy();
  found.connections_max = 77;
  found.connections_others = 20;
  expect(judge_connections(found, config), Ok);
  found.connections_others = 21;
  expect(judge_connections(found, config), Warn, "max_connections = 98");
  found.connections_others = 44;
  expect(judge_connections(found, config), Warn);
  found.connections_others = 45;
  expect(judge_connections(found, config), Fail);
  found.connections_others = 1'000;
  expect(judge_connections(found, config), Fail);
  config.cluster.peers.clear();
  found.connections_others = 58;
  expect(judge_connections(found, config), Ok);
}

TEST(JudgeDatabase, ClocksAreAtMostFiveSecondsApart) {
  Checkup found = healthy();
  for (const int sign : {-1, 1}) {
    found.clock_ahead = std::chrono::milliseconds(5'000 * sign);
    expect(judge_clocks(found), Ok);
    found.clock_ahead = std::chrono::milliseconds(5'001 * sign);
    expect(judge_clocks(found), Warn, "set-ntp");
  }
}

TEST(JudgeDatabase, ALogThatIsNotWholeIsNamed) {
  expect(judge_logs(postgres::LogsChecked{.rooms = 3, .events = 5}), Ok);
  const Finding some = judge_logs(postgres::LogsChecked{.rooms = 3, .events = 5, .rooms_left = 1});
  expect(some, Ok);
  EXPECT_THAT(some.text, HasSubstr("1 were not read, --every-log does"));
  const Finding damaged = judge_logs(postgres::LogsChecked{.damaged = RoomId(7), .fault = "event 3 is missing"});
  expect(damaged, Fail, "starlingctl raise-epochs");
  EXPECT_EQ(damaged.text, "room 7: event 3 is missing");
  expect(judge_logs(tl::unexpected(std::string("lost"))), Fail, "again");
}

}  // namespace
}  // namespace starling::ctl
