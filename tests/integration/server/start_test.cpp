// A server that cannot start says what to change, and exits with a code of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "server/app/exit_codes.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string config(const TempDir& dir, const std::string& listen, const std::string& data = "data") {
  return dir.write("other.toml",
                   "[server]\nlisten = \"" + listen + "\"\ndata_dir = \"" + (dir.path() / data).string() + "\"\n");
}

TEST(Start, ATakenPortIsNamedWithTheWayOut) {
  const TempDir dir;
  const ServerProcess server(dir);
  const std::string port = std::to_string(server.port());
  const Ended run = run_starlingd(dir, {"--config", config(dir, "127.0.0.1:" + port, "data2")});
  EXPECT_EQ(run.exit_code, app::kExitTryAgain);
  EXPECT_THAT(run.output, AllOf(HasSubstr("port " + port + ": the port is taken"), HasSubstr("server.listen")));
}

TEST(Start, AnAddressThatIsNotThereYetIsTriedAgain) {
  const TempDir dir;
  const std::string path = config(dir, "192.0.2.1:0");
  std::ofstream(path, std::ios::app) << "behind_proxy = true\n";
  const Ended run = run_starlingd(dir, {"--config", path});
  EXPECT_EQ(run.exit_code, app::kExitTryAgain);
  EXPECT_THAT(run.output, HasSubstr("this host does not have that address"));
}

TEST(Start, ADataDirectoryInUseIsNamed) {
  const TempDir dir;
  const ServerProcess server(dir);
  const Ended run = run_starlingd(dir, {"--config", config(dir, "127.0.0.1:0")});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_THAT(run.output, HasSubstr("in use by another starlingd"));
}

TEST(Start, ACorruptDatabaseIsNamedAndLeftAsItIs) {
  const TempDir dir;
  std::filesystem::create_directory(dir.path() / "data");
  const std::string garbage(8192, 'x');
  dir.write("data/starling.db", garbage);
  const Ended run = run_starlingd(dir, {"--config", config(dir, "127.0.0.1:0")});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_THAT(run.output, HasSubstr("starling.db"));
  EXPECT_EQ(dir.read("data/starling.db"), garbage);
}

TEST(Start, NobodyElseReadsTheDatabaseWhoeverMadeTheDirectory) {
  const TempDir dir;
  std::filesystem::create_directory(dir.path() / "data");
  std::filesystem::permissions(dir.path() / "data", std::filesystem::perms(0755));
  const ServerProcess server(dir);
  for (const char* name : {"starling.db", "starling.db-wal", "starling.db-shm"}) {
    EXPECT_EQ(std::filesystem::status(dir.path() / "data" / name).permissions(), std::filesystem::perms(0600)) << name;
  }
}

TEST(Start, ABadPortFileEndsTheStartBeforeAnybodyIsServed) {
  const TempDir dir;
  const Ended run = run_starlingd(
      dir, {"--config", config(dir, "127.0.0.1:0"), "--port-file", (dir.path() / "none" / "port").string()});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_THAT(run.output, HasSubstr("--port-file"));
}

TEST(Start, AFolderIsNoConfiguration) {
  const TempDir dir;
  const Ended run = run_starlingd(dir, {"--config", dir.path().string(), "--check-config"});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_THAT(run.output, HasSubstr("cannot read it"));
}

TEST(Start, AMachineWithoutMemoryOrThreadsIsTriedAgain) {
  const TempDir dir;
  std::vector<int> codes;
  for (const char* limit : {"--as=90000000", "--as=100000000", "--as=110000000"}) {
    Process server(dir, {"--config", config(dir, "127.0.0.1:0")}, {"/usr/bin/prlimit", limit, starlingd()});
    codes.push_back(server.wait());
  }
  EXPECT_THAT(codes, testing::Contains(app::kExitTryAgain));
  EXPECT_THAT(codes, testing::Not(testing::Contains(app::kExitBadStart)));
}

TEST(Start, FiveErrorsOfAConfigurationAreFiveLines) {
  const TempDir dir;
  const std::string path = dir.write("bad.toml", R"([server]
listen = "localhost"
behind_proxi = true
[runtime]
shards = 1000
[limits]
batch_events_max = "many"
[clustering]
nodes = 3
)");
  const Ended run = run_starlingd(dir, {"--config", path, "--check-config"});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_EQ(std::ranges::count(run.output, '\n'), 5) << run.output;
  for (const char* line : {"bad.toml:2: ", "bad.toml:3: ", "bad.toml:5: ", "bad.toml:7: ", "bad.toml:8: "}) {
    EXPECT_THAT(run.output, HasSubstr(line));
  }
  EXPECT_THAT(run.output, HasSubstr("did you mean 'behind_proxy'"));
}

TEST(Start, APublicAddressNeedsTlsOrAProxy) {
  const TempDir dir;
  const Ended run = run_starlingd(dir, {"--config", config(dir, "0.0.0.0:0"), "--check-config"});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_THAT(run.output, AllOf(HasSubstr("tls.certificate"), HasSubstr("behind_proxy")));
}

TEST(Start, ThePrintedConfigurationIsAccepted) {
  const TempDir dir;
  const Ended printed = run_starlingd(dir, {"--print-config"});
  EXPECT_EQ(printed.exit_code, app::kExitOk);
  const std::string path = dir.write("printed.toml", printed.output);
  const Ended again = run_starlingd(dir, {"--config", path, "--print-config"});
  EXPECT_EQ(again.exit_code, app::kExitOk);
  EXPECT_EQ(again.output, printed.output);
}

TEST(Start, TheExampleConfigurationIsAccepted) {
  const TempDir dir;
  const Ended run = run_starlingd(dir, {"--config", EXAMPLE_CONFIG, "--check-config"});
  EXPECT_EQ(run.exit_code, app::kExitOk) << run.output;
}

TEST(Start, AWrongCommandLineIsAUsageError) {
  const TempDir dir;
  EXPECT_EQ(run_starlingd(dir, {"--confg", "x"}).exit_code, app::kExitUsage);
  EXPECT_EQ(run_starlingd(dir, {"--help"}).exit_code, app::kExitOk);
}

TEST(Start, AMissingConfigurationIsNamed) {
  const TempDir dir;
  const Ended run = run_starlingd(dir, {"--config", (dir.path() / "none.toml").string()});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_THAT(run.output, HasSubstr("none.toml"));
}

}  // namespace
}  // namespace starling::test
