#include "server/transfer/event_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace starling::transfer {
namespace {

using testing::HasSubstr;

wire::Event sample() {
  return {.room = RoomId(7),
          .epoch = Epoch(UINT32_MAX),
          .seq = Seq(UINT64_MAX),
          .kind = wire::EventKind::Message,
          .sender = UserId(UINT64_MAX),
          .device = DeviceId(UINT64_MAX - 1),
          .cseq = Cseq(UINT32_MAX),
          .client_msg_id = ClientMsgId(UINT64_MAX - 2),
          .ts = wall_from_ms(1'700'000'000'005),
          .msg_no = UINT64_MAX,
          .target = Seq(17),
          .thread = Seq(3),
          .subject = UserId(8),
          .role = wire::Role::Moderator,
          .body = "a \"text\"\\ with\n\ttabs, ä and \x01"};
}

std::string line_of(const wire::Event& event) {
  JsonLine line;
  line.begin("event");
  write_event(line, event);
  return std::string(line.end());
}

wire::Event event_of(std::string_view line) {
  const boost::json::value value = boost::json::parse({line.data(), line.size()});
  Fields fields(value.as_object());
  fields.text("type");
  return read_event(fields, RoomId(7));
}

std::string refusal_of(std::string_view line) {
  try {
    event_of(line);
  } catch (const store::SqliteError& error) {
    return error.what();
  }
  return {};
}

TEST(EventLine, EveryFieldComesBack) { EXPECT_EQ(sample(), event_of(line_of(sample()))); }

TEST(EventLine, EveryKindAndRoleComesBack) {
  for (int kind = 1; kind <= static_cast<int>(wire::kLastEventKind); ++kind) {
    wire::Event event = sample();
    event.kind = static_cast<wire::EventKind>(kind);
    event.role = static_cast<wire::Role>(kind % 5);
    event.body = event.kind == wire::EventKind::RoomVisibility ? wire::kPublic
                 : event.kind == wire::EventKind::RoomHistory  ? wire::kHistoryJoined
                                                               : "x";
    EXPECT_EQ(event, event_of(line_of(event)));
  }
}

TEST(EventLine, ABodyThatIsNoTextAndAnErasedOneComeBack) {
  wire::Event sealed = sample();
  sealed.body = std::string("\xff\x00\xfe", 3);
  EXPECT_THAT(line_of(sealed), HasSubstr("\"body_hex\":\"ff00fe\""));
  EXPECT_EQ(sealed, event_of(line_of(sealed)));
  wire::Event erased = sample();
  erased.body.clear();
  erased.erased_hash = UINT64_MAX;
  EXPECT_EQ(erased, event_of(line_of(erased)));
}

TEST(EventLine, ALineIsOneLine) {
  const std::string line = line_of(sample());
  EXPECT_EQ(line.size() - 1, line.find('\n'));
}

TEST(EventLine, WhatNoLogHoldsIsRefusedByName) {
  const std::string good =
      R"({"type":"event","seq":1,"epoch":1,"kind":"message","sender":"1","ts_ms":1,"msg_no":1,"body":"x"})";
  const auto with = [&](std::string_view old, std::string_view now) {
    std::string line = good;
    line.replace(line.find(old), old.size(), now);
    return refusal_of(line);
  };
  EXPECT_EQ("", refusal_of(good));
  EXPECT_THAT(with("\"message\"", "\"moods\""), HasSubstr("kind \"moods\" is unknown"));
  EXPECT_THAT(with("\"epoch\":1", "\"epoch\":4294967296"), HasSubstr("\"epoch\" is too large"));
  EXPECT_THAT(with("\"seq\":1", "\"seq\":-1"), HasSubstr("\"seq\" is no number"));
  EXPECT_THAT(with("\"sender\":\"1\"", "\"sender\":\"1x\""), HasSubstr("\"sender\" is no number"));
  EXPECT_THAT(with("\"ts_ms\":1,", ""), HasSubstr("no field \"ts_ms\""));
  EXPECT_THAT(with("\"body\":\"x\"", "\"body\":7"), HasSubstr("\"body\" is no text"));
  EXPECT_THAT(with("\"body\"", "\"mood\""), HasSubstr("\"mood\" is unknown"));
  EXPECT_THAT(with("\"body\":\"x\"", "\"body_hex\":\"zz\""), HasSubstr("not hexadecimal"));
  EXPECT_THAT(with("\"body\":\"x\"", "\"body\":\"x\",\"erased_hash\":\"01\""), HasSubstr("a deletion erased"));
  EXPECT_THAT(with("\"body\":\"x\"", "\"body\":\"" + std::string(16 * 1024 + 1, 'x') + "\""), HasSubstr("longer"));
}

}  // namespace
}  // namespace starling::transfer
