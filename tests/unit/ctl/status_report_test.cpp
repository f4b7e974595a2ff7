#include "server/ctl/status_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace starling::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;
using Answer = Result<HttpAnswer, std::string>;

const Answer kMetrics = HttpAnswer{.status = 200,
                                   .body =
                                       "process_start_time_seconds 1000\n"
                                       "starling_sessions{shard=\"0\"} 1200\n"
                                       "starling_sessions{shard=\"1\"} 34\n"
                                       "starling_commit_queue_bytes{shard=\"0\"} 2048\n"};
const Answer kDown = tl::unexpected(std::string("Connection refused"));

StatusReport report_of(const Answer& ready, const Answer& metrics = kMetrics) {
  return judge("http://127.0.0.1:8008", ready, metrics, 1090);
}

TEST(StatusReport, AReadyServerIsShownWithItsFigures) {
  const StatusReport report = report_of(HttpAnswer{.status = 200, .body = "ready\n"});
  EXPECT_TRUE(report.ready());
  const std::string text = to_text(report);
  EXPECT_THAT(text, HasSubstr("state                 ready\n"));
  EXPECT_THAT(text, HasSubstr("1 min 30 s"));
  EXPECT_THAT(text, HasSubstr("1,234"));
  EXPECT_THAT(text, HasSubstr("2.0 KiB"));
}

TEST(StatusReport, AServerThatIsNotReadySaysWhy) {
  const StatusReport report = report_of(HttpAnswer{.status = 503, .body = "draining\n"});
  EXPECT_FALSE(report.ready());
  EXPECT_THAT(to_text(report), HasSubstr("NOT READY: draining\n"));
  EXPECT_THAT(to_text(report), HasSubstr("1,234"));
}

TEST(StatusReport, AServerThatIsDownHasNoFigures) {
  const StatusReport report = report_of(kDown, kDown);
  EXPECT_FALSE(report.ready());
  EXPECT_THAT(to_text(report), HasSubstr("DOWN: Connection refused\n"));
  EXPECT_THAT(to_text(report), Not(HasSubstr("sessions")));
}

TEST(StatusReport, AProxysErrorIsNotTakenForReadiness) {
  EXPECT_FALSE(report_of(HttpAnswer{.status = 404, .body = ""}).ready());
  EXPECT_THAT(to_text(report_of(HttpAnswer{.status = 404, .body = ""})), HasSubstr("status 404"));
}

TEST(StatusReport, FiguresThatAreMissingAreLeftOut) {
  const StatusReport report = report_of(HttpAnswer{.status = 200, .body = "ready\n"}, kDown);
  EXPECT_TRUE(report.ready());
  EXPECT_THAT(to_text(report), Not(HasSubstr("sessions")));
  EXPECT_EQ(R"({"url":"http://127.0.0.1:8008","ready":true,"answered":true})", to_json(report));
}

TEST(StatusReport, TheDatabaseIsShownWhetherTheServerRunsOrNot) {
  StatusReport report = report_of(kDown, kDown);
  report.database = DatabaseFigures{.path = "d/starling.db",
                                    .schema = 1,
                                    .users = 2,
                                    .rooms = 1,
                                    .events = 123456,
                                    .bytes = 4096,
                                    .disk_free_bytes = 1 << 30};
  EXPECT_THAT(to_text(report), HasSubstr("123,456"));
  EXPECT_THAT(to_text(report), HasSubstr("1.0 GiB"));
  report.database->problem = "it is damaged";
  EXPECT_THAT(to_text(report), HasSubstr("it is damaged"));
  EXPECT_THAT(to_text(report), Not(HasSubstr("123,456")));
}

TEST(StatusReport, JsonSaysTheSame) {
  StatusReport report = report_of(HttpAnswer{.status = 503, .body = "a \"quoted\" reason\n"});
  report.database =
      DatabaseFigures{.path = "d/starling.db", .schema = 1, .users = 2, .rooms = 3, .events = 4, .bytes = 5};
  const boost::json::value json = boost::json::parse(to_json(report));
  EXPECT_EQ(false, json.at("ready").as_bool());
  EXPECT_EQ("a \"quoted\" reason", json.at("problem").as_string());
  EXPECT_EQ(90, json.at("uptime_s").to_number<int>());
  EXPECT_EQ(1234, json.at("sessions").to_number<int>());
  EXPECT_EQ(2048, json.at("commit_queue_bytes").to_number<int>());
  EXPECT_EQ(4, json.at("database").at("events").to_number<int>());
}

}  // namespace
}  // namespace starling::ctl
