#include "server/app/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/config_schema.h"

namespace starling::app {
namespace {

using testing::HasSubstr;

ParsedConfig parsed(std::string_view text) {
  ParsedConfig result = parse_config(text);
  check_config(result);
  return result;
}

TEST(ConfigFile, NothingConfiguredIsAServerOnLoopback) {
  const ParsedConfig result = parsed("");
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(result.config.runtime.address, "127.0.0.1");
  EXPECT_FALSE(result.config.runtime.tls.enabled());
}

TEST(ConfigFile, SetsWhatIsNamedAndNothingElse) {
  const ParsedConfig result = parsed(R"(
[server]
data_dir = "/srv/starling"
log_level = "warning"
listen = "127.0.0.2:9000"
origins = ["https://chat.example"]
[timeouts]
hello_s = 7
[limits]
outbox_bytes_soft = 32768
)");
  ASSERT_TRUE(result.errors.empty()) << result.errors.front().message;
  EXPECT_EQ(result.config.data_dir, "/srv/starling");
  EXPECT_EQ(result.config.log_level, LogLevel::Warning);
  EXPECT_EQ(result.config.runtime.port, 9000);
  EXPECT_EQ(result.config.runtime.address, "127.0.0.2");
  EXPECT_EQ(result.config.runtime.origins, std::vector<std::string>{"https://chat.example"});
  EXPECT_EQ(result.config.runtime.timeouts.hello, std::chrono::seconds(7));
  EXPECT_EQ(result.config.core.outbox_bytes_soft, 32768u);
  EXPECT_EQ(result.config.core.outbox_bytes_hard, core::Config{}.outbox_bytes_hard);
}

TEST(ConfigFile, RegistrationIsByInvitationUnlessAnotherWayIsNamed) {
  EXPECT_EQ(parsed("").config.accounts.registration, ports::Admission::Invited);
  EXPECT_EQ(parsed("[accounts]\nregistration = \"open\"").config.accounts.registration, ports::Admission::Open);
  EXPECT_EQ(parsed("[accounts]\nregistration = \"closed\"").config.accounts.registration, ports::Admission::Closed);
  const ParsedConfig wrong = parsed("[server]\npublic_name = \"https://x/y\"\n[accounts]\nregistration = \"maybe\"\n");
  ASSERT_EQ(wrong.errors.size(), 2u);
  EXPECT_THAT(wrong.errors[0].message, HasSubstr("server.public_name: 'https://x/y' is not host or host:port"));
  EXPECT_EQ(wrong.errors[1].message, "'accounts.registration' must be one of \"open\", \"invite\", \"closed\"");
  EXPECT_EQ(wrong.errors[1].line, 4u);
}

TEST(ConfigFile, AllErrorsAtOnceEachWithItsLineAndFix) {
  const ParsedConfig result = parsed(R"([server]
data_dirs = "x"
log_level = "loud"
listen = "127.0.0.1:70000"
[runtime]
writes_per_turn_max = 0
[tls]
certificate = "/nowhere/cert.pem"
key = 5
[limit]
x = 1
)");
  ASSERT_EQ(result.errors.size(), 8u);
  const auto& e = result.errors;
  EXPECT_EQ(e[0].line, 2u);
  EXPECT_THAT(e[0].message, HasSubstr("did you mean 'data_dir'"));
  EXPECT_EQ(e[1].line, 3u);
  EXPECT_THAT(e[1].message, HasSubstr("\"debug\", \"info\""));
  EXPECT_EQ(e[2].line, 4u);
  EXPECT_THAT(e[2].message, HasSubstr("address:port"));
  EXPECT_EQ(e[3].line, 6u);
  EXPECT_THAT(e[3].message, HasSubstr("1 to 100000"));
  EXPECT_EQ(e[4].line, 8u);
  EXPECT_THAT(e[4].message, HasSubstr("go together"));
  EXPECT_EQ(e[5].line, 8u);
  EXPECT_THAT(e[5].message, HasSubstr("cannot read /nowhere/cert.pem"));
  EXPECT_EQ(e[6].line, 9u);
  EXPECT_EQ(e[7].line, 10u);
  EXPECT_THAT(e[7].message, HasSubstr("did you mean 'limits'"));
}

TEST(ConfigFile, AKeyInTheWrongSectionIsSentHome) {
  EXPECT_THAT(parsed("listen = 1").errors.at(0).message, HasSubstr("belongs to [server]"));
  EXPECT_THAT(parsed("[tls]\ndata_dir = \"x\"").errors.at(0).message, HasSubstr("belongs to [server]"));
  EXPECT_THAT(parsed("tls = 1").errors.at(0).message, HasSubstr("write [tls]"));
}

TEST(ConfigFile, BrokenTomlNamesTheLine) {
  const ParsedConfig result = parsed("[server]\nlisten = = 5\n");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].line, 2u);
}

TEST(ConfigFile, ANonLoopbackAddressNeedsTlsOrAProxy) {
  EXPECT_THAT(parsed("[server]\nlisten = \"0.0.0.0:1\"").errors.at(0).message, HasSubstr("behind_proxy"));
  EXPECT_THAT(parsed("[server]\nlisten = \"[::]:1\"").errors.at(0).message, HasSubstr("behind_proxy"));
  EXPECT_TRUE(parsed("[server]\nlisten = \"0.0.0.0:1\"\nbehind_proxy = true").errors.empty());
  EXPECT_TRUE(parsed("[server]\nlisten = \"[::1]:1\"").errors.empty());
}

TEST(ConfigFile, ListenIsAnAddressAndAPort) {
  for (const char* bad : {"127.0.0.1", ":8008", "127.0.0.1:", "::1:8008", "127.0.0.1:x", "127.0.0.1:65536", "host:1"}) {
    EXPECT_EQ(parsed(std::string("[server]\nlisten = \"") + bad + "\"").errors.size(), 1u) << bad;
  }
  EXPECT_EQ(parsed("[server]\nlisten = \"[::1]:0\"").config.runtime.address, "::1");
}

TEST(ConfigFile, OriginsAreExact) {
  for (const char* bad : {"chat.example", "https://", "https://chat.example/", "https://*.example", "ftp://x"}) {
    EXPECT_EQ(parsed(std::string("[server]\norigins = [\"") + bad + "\"]").errors.size(), 1u) << bad;
  }
}

TEST(ConfigFile, APrintedFileParsesToTheSameTree) {
  Config config;
  config.data_dir = "with \"quotes\" and \\";
  config.runtime.origins = {"https://a", "https://b:8443"};
  config.runtime.port = 1;
  config.runtime.address = "::1";
  config.core.heads_interval_ms = 1234;
  const std::string text = print_config(config);
  const ParsedConfig again = parsed(text);
  ASSERT_TRUE(again.errors.empty()) << again.errors.front().message;
  EXPECT_EQ(print_config(again.config), text);
  EXPECT_THAT(text, HasSubstr("(shipped: \"127.0.0.1:8008\")"));
}

TEST(ConfigFile, EveryShippedValueIsWithinItsRange) {
  const ParsedConfig again = parsed(print_config(Config{}));
  EXPECT_TRUE(again.errors.empty()) << again.errors.front().message;
  EXPECT_EQ(again.lines.size(), config_schema().size());
}

TEST(ConfigFile, SettingsThatContradictEachOtherAreNamed) {
  EXPECT_THAT(parsed("[timeouts]\nping_after_s = 60").errors.at(0).message, HasSubstr("dead_after_s"));
  EXPECT_EQ(parsed("[timeouts]\nping_after_s = 60").errors.at(0).line, 2u);
  EXPECT_THAT(parsed("[limits]\noutbox_bytes_soft = 1000000").errors.at(0).message, HasSubstr("outbox_bytes_hard"));
}

/// A cluster's section, and what is wrong with it.
std::vector<std::string> wrong_with(const std::string& peers, const std::string& more = {}) {
  const ParsedConfig result = parsed(
      "[store]\npostgres = \"host=x\"\n[cluster]\nnode = 1\nlisten = \"tcp://10.0.0.1:7008\"\n"
      "peers = [" +
      peers + "]\n" + more);
  std::vector<std::string> messages;
  for (const ConfigError& error : result.errors) messages.push_back(error.message);
  return messages;
}

TEST(ConfigFile, EveryLineOfPeersIsLookedAt) {
  const std::string key(43, 'k');
  const std::string other(43, 'o');
  EXPECT_THAT(wrong_with("\"1 tcp://10.0.0.1:7008 " + key + "\", \"2 tcp://10.0.0.2:7008 " + other + "\""),
              testing::IsEmpty());
  EXPECT_THAT(wrong_with("\"1 tcp://10.0.0.1:7008 short\", \"2 tcp://10.0.0.2:0 " + key + "\""),
              testing::ElementsAre(HasSubstr("'short' is no public key of a node; take the line of bus.1.public there"),
                                   HasSubstr("'tcp://10.0.0.2:0' is not tcp://ADDRESS:PORT")));
  EXPECT_THAT(wrong_with("\"1 tcp://10.0.0.1:7008 " + key + "\", \"1 tcp://10.0.0.2:7008 " + key + "\""),
              testing::ElementsAre(HasSubstr("node 1 stands in two lines"), HasSubstr(key + " stands in two lines")));
}

TEST(ConfigFile, WhatOnlyANodeOfSeveralUsesIsNotLeftUnused) {
  const ParsedConfig result = parsed("[cluster]\npeers = [\"1 tcp://10.0.0.1:7008 " + std::string(43, 'k') +
                                     "\"]\n[directory]\nserver = \"/run/redis\"\n");
  ASSERT_EQ(result.errors.size(), 2u);
  EXPECT_THAT(result.errors[0].message, HasSubstr("set cluster.node"));
  EXPECT_THAT(result.errors[1].message, HasSubstr("set cluster.node"));
}

TEST(ConfigFile, AddressesAreKeptAsConnectionsSpellTheirs) {
  const ParsedConfig result = parsed("[server]\nmetrics_from = [\"2001:DB8:0::5\", \"::ffff:10.0.0.5\", \"10.0.0.6\"]");
  ASSERT_TRUE(result.errors.empty());
  EXPECT_THAT(result.config.runtime.metrics_from, testing::ElementsAre("2001:db8::5", "10.0.0.5", "10.0.0.6"));
}

TEST(ConfigFile, FilesOfARunningServerAreAskedForOnlyWhereOneRuns) {
  const char* text = "[tls]\ncertificate = \"/nowhere/chain\"\nkey = \"/nowhere/key\"\n";
  EXPECT_EQ(parsed(text).errors.size(), 2u);
  ParsedConfig result = parse_config(text);
  check_config(result, ServerFiles::NotNeeded);
  EXPECT_TRUE(result.errors.empty());
}

}  // namespace
}  // namespace starling::app
