#include "server/ctl/finding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "server/ctl/options.h"

namespace starling::ctl {
namespace {

using testing::HasSubstr;

const Finding kGood{.what = "clock", .text = "synchronised", .fix = {}};
const Finding kWarning{.what = "backlog", .verdict = Verdict::Warn, .text = "128", .fix = "sysctl -w x=1"};
const Finding kFailure{.what = "tls", .verdict = Verdict::Fail, .text = "expired", .fix = "renew"};

TEST(Finding, TheWorstDecidesTheExitCode) {
  EXPECT_EQ(kExitOk, exit_code_of({}));
  EXPECT_EQ(kExitOk, exit_code_of({kGood}));
  EXPECT_EQ(kExitWarnings, exit_code_of({kGood, kWarning, kGood}));
  EXPECT_EQ(kExitFailed, exit_code_of({kFailure, kWarning}));
}

TEST(Finding, TextIsALineEachWithTheFix) {
  const std::string text = to_text({kGood, kWarning, kFailure});
  EXPECT_EQ(3, std::ranges::count(text, '\n'));
  EXPECT_THAT(text, HasSubstr("ok    clock         synchronised\n"));
  EXPECT_THAT(text, HasSubstr("warn  backlog       128; fix: sysctl -w x=1\n"));
  EXPECT_THAT(text, HasSubstr("FAIL  tls"));
}

TEST(Finding, JsonCarriesTheSame) {
  const auto json = boost::json::parse(to_json({kGood, kFailure}));
  EXPECT_EQ("fail", json.at("verdict").as_string());
  EXPECT_EQ("ok", json.at("findings").at(0).at("verdict").as_string());
  EXPECT_FALSE(json.at("findings").at(0).as_object().contains("fix"));
  EXPECT_EQ("renew", json.at("findings").at(1).at("fix").as_string());
}

}  // namespace
}  // namespace starling::ctl
