#include "server/ctl/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/sqlite/limits.h"

namespace starling::ctl {
namespace {

using testing::HasSubstr;
using enum Verdict;

/// What is wrong comes with what mends it, and what is not comes without.
void expect(const Finding& finding, Verdict verdict, const char* fix = "") {
  EXPECT_EQ(verdict, finding.verdict) << finding.text;
  EXPECT_FALSE(finding.text.empty());
  EXPECT_EQ(verdict == Ok, finding.fix.empty()) << finding.fix;
  EXPECT_THAT(finding.fix, HasSubstr(fix));
}

TEST(Judge, EveryErrorOfTheConfigurationIsAFinding) {
  EXPECT_EQ(1u, judge_config("", {}).size());
  expect(judge_config("x.toml", {}).front(), Ok);
  const auto findings = judge_config("x.toml", {{.line = 3, .message = "no"}, {.line = 0, .message = "neither"}});
  ASSERT_EQ(2u, findings.size());
  expect(findings[0], Fail, "--config x.toml --check-config");
  EXPECT_THAT(findings[0].text, HasSubstr("x.toml:3: no"));
}

TEST(Judge, DescriptorsHaveToHoldTheConnectionsThatAreAskedFor) {
  app::Config config;
  config.runtime.shards = 2;
  const std::uint64_t reserve = runtime::reserved_descriptors(2);
  config.runtime.connections_max = 10'000;
  expect(judge_descriptors({.soft = 1024, .hard = 10'000 + reserve}, config, 2), Ok);
  expect(judge_descriptors({.soft = 1024, .hard = 9'999 + reserve}, config, 2), Warn, "LimitNOFILE=10112");
  config.runtime.connections_max = 0;
  expect(judge_descriptors({.soft = 1024, .hard = 1024}, config, 2), Warn, "LimitNOFILE");
  expect(judge_descriptors({.soft = 64, .hard = 2 * reserve}, config, 2), Fail, "LimitNOFILE");
  EXPECT_THAT(judge_descriptors({.soft = 1, .hard = 20'000, .server = 17}, config, 2).text, HasSubstr("process 17"));
}

TEST(Judge, KernelQueues) {
  expect(judge_backlog(4096), Ok);
  expect(judge_backlog(4095), Warn, "sysctl -w net.core.somaxconn=4096");
  expect(judge_backlog(std::nullopt), Ok);
  expect(judge_syn_backlog(1024), Ok);
  expect(judge_syn_backlog(1023), Warn, "sysctl -w net.ipv4.tcp_max_syn_backlog=4096");
  expect(judge_overcommit(0), Ok);
  expect(judge_overcommit(1), Ok);
  expect(judge_overcommit(2), Warn, "vm.overcommit_memory=0");
}

TEST(Judge, FewLocalPortsMatterToAProxyOnly) {
  expect(judge_local_ports(PortRange{.first = 32768, .last = 60999}, true), Ok);
  expect(judge_local_ports(PortRange{.first = 50000, .last = 60999}, true), Warn, "ip_local_port_range");
  expect(judge_local_ports(PortRange{.first = 50000, .last = 60999}, false), Ok);
}

TEST(Judge, TheClockHasToBeToldAndToBeOfThisCentury) {
  constexpr std::int64_t kNow = 1'800'000'000;
  expect(judge_clock(true, kNow), Ok);
  expect(judge_clock(false, kNow), Warn, "timedatectl set-ntp true");
  expect(judge_clock(true, 0), Fail, "timedatectl");
  expect(judge_clock(true, 5'000'000'000), Fail, "timedatectl");
  expect(judge_entropy(true), Ok);
  expect(judge_entropy(false), Fail, "rng-tools");
}

TEST(Judge, MemoryAndCores) {
  app::Config config;
  config.runtime.connections_max = 20'000;
  expect(judge_memory({.total = std::uint64_t{2} << 30}, {.hard = 1'000'000}, config), Ok);
  expect(judge_memory({.total = std::uint64_t{512} << 20}, {.hard = 1'000'000}, config), Warn,
         "connections_max = 8192");
  expect(judge_cores(2, 0), Ok);
  expect(judge_cores(2, 2), Ok);
  expect(judge_cores(2, 3), Warn, "shards = 0");
}

TEST(Judge, TheDisk) {
  constexpr std::uint64_t kTotal = std::uint64_t{1} << 40;
  expect(judge_space("d", store::Space{.total = kTotal, .free = kTotal / 100 * 3}, 3), Ok);
  expect(judge_space("d", store::Space{.total = kTotal, .free = kTotal / 100 * 3 - 1}, 3), Fail, "retention");
  expect(judge_space("d", store::Space{.total = 1 << 30, .free = store::limits::kFreeBytesMin - 1}, 0), Fail);
  expect(judge_space("d", std::nullopt, 3), Ok);
  expect(judge_file_system("d", FileSystem::Local), Ok);
  expect(judge_file_system("d", FileSystem::Network), Fail, "local disk");
  expect(judge_file_system("d", FileSystem::Memory), Warn, "server.data_dir");
  expect(judge_file_system("d", FileSystem::User), Warn, "local disk");
  expect(judge_sync("d", std::chrono::microseconds(25'000)), Ok);
  expect(judge_sync("d", std::chrono::microseconds(25'001)), Warn, "faster disk");
  expect(judge_sync("d", std::nullopt), Fail, "chown");
}

TEST(Judge, WhatOthersCanReadIsClosed) {
  expect(judge_ownership("d", {}, 5, false), Ok);
  expect(judge_ownership("d", {.exists = true, .owner = 5, .mode = 0700}, 5, false), Ok);
  expect(judge_ownership("d", {.exists = true, .owner = 5, .mode = 0750}, 5, false), Warn, "chmod 0700 d");
  expect(judge_ownership("k", {.exists = true, .owner = 5, .mode = 0440}, 5, true), Fail, "chmod 0400 k");
  expect(judge_ownership("d", {.exists = true, .owner = 5, .mode = 0700}, 6, false), Warn, "sudo -u '#5'");
  expect(judge_ownership("d", {.exists = true, .owner = 5, .mode = 0700}, 0, false), Ok);
}

TEST(Judge, ACertificateHasToLastAndToFitItsKey) {
  app::Config config;
  constexpr std::int64_t kNow = 1'800'000'000;
  constexpr std::int64_t kDay = 86'400;
  expect(judge_certificate(config, {}, kNow), Ok);
  config.runtime.tls.certificate = "c.pem";
  config.runtime.tls.key = "k.pem";
  Certificate found{.readable = true, .key_fits = true, .expires_s = kNow + 14 * kDay};
  expect(judge_certificate(config, found, kNow), Ok);
  found.expires_s -= 1;
  expect(judge_certificate(config, found, kNow), Warn, "renew c.pem");
  found.expires_s = kNow;
  expect(judge_certificate(config, found, kNow), Fail, "renew c.pem");
  found = {.readable = true, .expires_s = kNow + 100 * kDay};
  expect(judge_certificate(config, found, kNow), Fail, "k.pem");
  expect(judge_certificate(config, {}, kNow), Fail, "renew");
}

}  // namespace
}  // namespace starling::ctl
