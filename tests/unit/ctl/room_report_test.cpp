#include "server/ctl/room_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace starling::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

RoomReport sample() {
  return {.room = {.exists = true,
                   .room = RoomId(7),
                   .kind = wire::RoomKind::Group,
                   .title = "tea\x1b[2J",
                   .epoch = Epoch(2),
                   .head = Seq(300),
                   .min_seq = Seq(5),
                   .msg_no = 1234,
                   .last_ts = wall_from_ms(1'700'000'000'005),
                   .devices = 3,
                   .members = {{.user = UserId(9), .role = wire::Role::Moderator, .join_seq = Seq(11)}}},
          .last = {{.room = RoomId(7),
                    .epoch = Epoch(2),
                    .seq = Seq(300),
                    .kind = wire::EventKind::Edit,
                    .sender = UserId(9),
                    .device = DeviceId(90),
                    .cseq = Cseq(4),
                    .ts = wall_from_ms(1'700'000'000'005),
                    .target = Seq(299),
                    .body = "a secret"}},
          .check = {.events = 296, .checkpoints = 1, .hash = PrefixHash(0xabc)}};
}

TEST(RoomReport, ShowsTheRoomItsMembersAndItsLastEvents) {
  const std::string text = to_text(sample());
  for (const char* part :
       {"room 7 ", "epoch         2\n", "events 5 to 300, 1,234 messages, last at 2023-11-14T22:13:20.005Z",
        "0000000000000abc, dense", "user 9 ", "moderator", "edit", "of 299", "8 bytes"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(RoomReport, ShowsNoBody) {
  EXPECT_THAT(to_text(sample()), Not(HasSubstr("secret")));
  EXPECT_THAT(to_json(sample()), Not(HasSubstr("secret")));
}

TEST(RoomReport, ATitleCannotDriveTheTerminal) { EXPECT_THAT(to_text(sample()), Not(HasSubstr("\x1b"))); }

TEST(RoomReport, ADamagedLogIsSaidFirstHand) {
  RoomReport report = sample();
  report.check.fault = "event 17 is missing";
  EXPECT_THAT(to_text(report), HasSubstr("DAMAGED: event 17 is missing"));
  const auto json = boost::json::parse(to_json(report));
  EXPECT_FALSE(json.at("verified").as_bool());
  EXPECT_EQ("event 17 is missing", json.at("fault").as_string());
}

TEST(RoomReport, AnErasedEventSaysSo) {
  RoomReport report = sample();
  report.last[0].body.clear();
  report.last[0].erased_hash = 1;
  EXPECT_THAT(to_text(report), HasSubstr(", erased\n"));
  EXPECT_TRUE(boost::json::parse(to_json(report)).at("last_events").at(0).at("erased").as_bool());
}

TEST(RoomReport, JsonCarriesWhatTheTextSays) {
  const auto json = boost::json::parse(to_json(sample()));
  EXPECT_EQ(300, json.at("head").to_number<int>());
  EXPECT_EQ("0000000000000abc", json.at("prefix_hash").as_string());
  EXPECT_EQ(9, json.at("members").at(0).at("user").to_number<int>());
  EXPECT_EQ("edit", json.at("last_events").at(0).at("kind").as_string());
}

}  // namespace
}  // namespace starling::ctl
