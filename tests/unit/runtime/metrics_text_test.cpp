#include "server/runtime/metrics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <sstream>

namespace starling::runtime {
namespace {

std::string page(std::uint64_t first, std::uint64_t second) {
  std::array<Stats, 2> shards{};
  shards[0].writes = first;
  shards[1].writes = second;
  shards[1].flush_delay_s = 0.0015;
  MetricsText text;
  write_stats(text, shards);
  return text.take();
}

TEST(MetricsText, ASampleAShardWithItsValue) {
  const std::string text = page(3, 4);
  EXPECT_THAT(text, testing::HasSubstr("# TYPE starling_writes_total counter\n"
                                       "starling_writes_total{shard=\"0\"} 3\n"
                                       "starling_writes_total{shard=\"1\"} 4\n"));
  EXPECT_THAT(text, testing::HasSubstr("starling_flush_delay_seconds{shard=\"1\"} 0.0015\n"));
}

TEST(MetricsText, EveryLineIsOfTheFormat) {
  std::istringstream lines(page(1, 2));
  const std::regex format(R"(# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge))|[a-z_]+(\{shard="\d+"\})? [0-9.e+-]+)");
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(std::regex_match(line, format)) << line;
}

}  // namespace
}  // namespace starling::runtime
