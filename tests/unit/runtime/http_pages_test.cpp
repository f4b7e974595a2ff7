#include "server/runtime/http_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace starling::runtime {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HttpPages : public testing::Test {
 protected:
  HttpPages() {
    node_.stats.push_back(std::make_unique<PublishedStats>());
    node_.store.healthy = [this] { return store_healthy_; };
    node_.store.metrics = [] { return std::string("starling_store_something 1\n"); };
  }
  std::string get(std::string_view path) const { return http_page(node_, "GET", path); }

  NodeContext node_;
  bool store_healthy_ = true;
};

TEST_F(HttpPages, ReadyUntilDrainingOrWithoutAStore) {
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 200 "));
  store_healthy_ = false;
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 503 "));
  store_healthy_ = true;
  node_.draining = true;
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(HttpPages, NotReadyWhileOtherNodesDoNotHearIt) {
  node_.isolation.set({.isolated = true, .unreached = {{.node = 3, .heard = true}}});
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(get("/readyz"), HasSubstr("node 3 does not hear this node"));
  EXPECT_THAT(get("/metrics"), HasSubstr("starling_isolated 1\n"));
  node_.isolation.set({.isolated = false, .unreached = {}});
  EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/metrics"), HasSubstr("starling_isolated 0\n"));
}

TEST_F(HttpPages, MetricsSayHowFarTheStoresClockIs) {
  EXPECT_THAT(get("/metrics"), testing::Not(HasSubstr("starling_store_clock_ahead_seconds")));
  const core::Now now = machine_now();
  node_.store_clock.set(now.wall.time_since_epoch() + 1h -
                        std::chrono::floor<std::chrono::milliseconds>(now.at.time_since_epoch()));
  EXPECT_THAT(get("/metrics"), testing::ContainsRegex("starling_store_clock_ahead_seconds (3600|3599)"));
}

TEST_F(HttpPages, HealthyWhateverTheStoreDoes) {
  store_healthy_ = false;
  node_.draining = true;
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpPages, MetricsCarryTheStoresToo) {
  const std::string page = get("/metrics?x=1");
  EXPECT_THAT(page, HasSubstr("starling_flush_delay_seconds{shard=\"0\"} 0"));
  EXPECT_THAT(page, HasSubstr("starling_store_something 1\n"));
  EXPECT_THAT(page, HasSubstr("starling_draining 0\n"));
}

TEST_F(HttpPages, MetricsSayWhenTheNodeBegan) {
  node_.started = wall_from_ms(1'700'000'000'999);
  EXPECT_THAT(get("/metrics"), HasSubstr("\nprocess_start_time_seconds 1700000000\n"));
}

TEST_F(HttpPages, MetricsAreForThisHostAndForWhomTheOperatorNames) {
  Config config;
  EXPECT_TRUE(may_read_metrics(config, "127.0.0.1"));
  EXPECT_TRUE(may_read_metrics(config, "::1"));
  EXPECT_FALSE(may_read_metrics(config, "10.0.0.9"));
  EXPECT_FALSE(may_read_metrics(config, ""));
  config.metrics_from = {"10.0.0.9"};
  EXPECT_TRUE(may_read_metrics(config, "10.0.0.9"));
  EXPECT_FALSE(may_read_metrics(config, "10.0.0.90"));
  config.behind_proxy = true;
  EXPECT_FALSE(may_read_metrics(config, "127.0.0.1"));
  config.metrics_from = {"127.0.0.1"};
  EXPECT_TRUE(may_read_metrics(config, "127.0.0.1"));
}

TEST_F(HttpPages, UnknownPathsAndMethodsSayWhatThereIs) {
  EXPECT_THAT(get("/secret"), AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("/v1/ws")));
  EXPECT_THAT(http_page(node_, "POST", "/metrics"), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET\r\n")));
}

TEST_F(HttpPages, AnAnswerOfTheApiSaysWhenToComeBackInWholeSeconds) {
  const std::string answer = http_answer({.status = 429, .body = "{}", .retry_after_ms = 1001});
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 429 "), HasSubstr("Retry-After: 2\r\n"),
                            HasSubstr("Content-Type: application/json\r\n"), testing::EndsWith("\r\n\r\n{}")));
  const std::string nothing = http_answer({.status = 204});
  EXPECT_THAT(nothing, AllOf(StartsWith("HTTP/1.1 204 "), testing::Not(HasSubstr("Content-Length"))));
  EXPECT_THAT(http_answer({.status = 405, .body = "{}", .allow = "GET"}), HasSubstr("Allow: GET\r\n"));
  EXPECT_THAT(http_refusal(411, "length_required", "send it"),
              HasSubstr(R"({"error":{"code":"length_required","message":"send it","retry_after_ms":0}})"));
}

TEST_F(HttpPages, WhoIsSentAwayForATimeIsToldForHowLong) {
  const auto says_when = [](const std::string& page) { return page.find("\r\nRetry-After: ") != std::string::npos; };
  for (std::uint16_t status = 400; status < 600; ++status) {
    const std::string answer = http_answer({.status = status, .body = "{}"});
    EXPECT_EQ(says_when(answer), answer.starts_with("HTTP/1.1 429 ") || answer.starts_with("HTTP/1.1 503 ")) << status;
    EXPECT_EQ(says_when(http_refusal(status, "code", "why")), says_when(answer)) << status;
  }
  EXPECT_TRUE(says_when(http_unavailable("too many connections")));
  store_healthy_ = false;
  EXPECT_TRUE(says_when(get("/readyz")));
  store_healthy_ = true;
  node_.draining = true;
  EXPECT_TRUE(says_when(get("/readyz")));
}

TEST_F(HttpPages, TheLengthIsThatOfTheBody) {
  const std::string page = get("/healthz");
  EXPECT_THAT(page, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(page, testing::EndsWith("\r\n\r\nok\n"));
}

}  // namespace
}  // namespace starling::runtime
