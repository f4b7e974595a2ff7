#include "server/ctl/metrics_page.h"

#include <gtest/gtest.h>

namespace starling::ctl {
namespace {

constexpr std::string_view kPage =
    "# HELP starling_sessions Authenticated sessions.\n"
    "# TYPE starling_sessions gauge\n"
    "starling_sessions{shard=\"0\"} 3\n"
    "starling_sessions{shard=\"1\"} 4\n"
    "starling_sessions_lagging{shard=\"0\"} 1\n"
    "starling_flush_delay_seconds{shard=\"0\"} 0.0005\n"
    "starling_flush_delay_seconds{shard=\"1\"} 0.002\n"
    "starling_draining 1\n"
    "garbage\n"
    "starling_garbage x\n"
    "starling_cut_off 7";

TEST(MetricsPage, AFamilyIsSummedOverItsShards) {
  const MetricsPage page = MetricsPage::parse(kPage);
  EXPECT_EQ(7, page.sum("starling_sessions"));
  EXPECT_EQ(1, page.sum("starling_draining"));
  EXPECT_EQ(7, page.sum("starling_cut_off"));
}

TEST(MetricsPage, TheLargestOfAFamilyIsKnown) {
  EXPECT_EQ(0.002, MetricsPage::parse(kPage).largest("starling_flush_delay_seconds"));
}

TEST(MetricsPage, WhatIsNotThereIsNothingAndNotZero) {
  const MetricsPage page = MetricsPage::parse(kPage);
  EXPECT_EQ(std::nullopt, page.sum("starling"));
  EXPECT_EQ(std::nullopt, page.sum("starling_garbage"));
  EXPECT_EQ(std::nullopt, page.largest("garbage"));
  EXPECT_EQ(std::nullopt, MetricsPage::parse("").sum("starling_sessions"));
}

}  // namespace
}  // namespace starling::ctl
