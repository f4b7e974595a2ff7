#include "server/transfer/foreign_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "common/wire/limits.h"
#include "server/store/sqlite/backup.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::transfer {
namespace {

using store::TempDatabase;
using testing::ElementsAre;
using testing::Pair;
using wire::EventKind;

constexpr UserId kAnn{1};
constexpr UserId kBob{2};

class Foreign : public testing::Test {
 protected:
  /// Room 5 of these acts, imported.
  void import(std::vector<Act> acts, wire::RoomKind kind = wire::RoomKind::Group) {
    acts.insert(acts.begin(),
                {{.kind = EventKind::MemberAdd, .sender = kAnn, .subject = kAnn, .role = wire::Role::Owner},
                 {.kind = EventKind::MemberAdd, .sender = kBob, .subject = kBob, .role = wire::Role::Member}});
    const auto report = import_lines({.path = path(), .conninfo = {}}, {}, [&](const TakeLine& take) {
      ForeignLines lines(take, skipped_);
      lines.begin("test");
      lines.user({.user = kAnn, .handle = "ann", .display_name = "Ann"});
      lines.room({.room = RoomId(5), .team = "t", .name = "r", .kind = kind, .title = "tea", .acts = std::move(acts)});
      lines.end();
    });
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_TRUE(store::verify(path()).has_value());
  }
  std::string path() const { return database_.path(); }
  std::int64_t number(const char* sql) const { return TempDatabase::number(path(), sql); }
  static Act say(std::int64_t at, std::string key, std::string body = "x") {
    return {.at_us = at, .sender = kAnn, .key = std::move(key), .body = std::move(body)};
  }

  Skipped skipped_;

 private:
  TempDatabase database_;
};

TEST_F(Foreign, WhatHappenedIsOrderedByItsTimeAndReferencesFindTheirMessages) {
  Act reply = say(30, "c");
  hang_below(reply, "a");
  import({say(20, "b", "second"),
          reply,
          say(10, "a", "first"),
          {.at_us = 25, .kind = EventKind::ReactionAdd, .sender = kBob, .target = "b", .body = "👍"}});
  EXPECT_EQ(6, number("SELECT head FROM rooms"));
  EXPECT_EQ(3, number("SELECT seq FROM events WHERE body = CAST('first' AS BLOB)"));
  EXPECT_EQ(4, number("SELECT target FROM events WHERE kind = 4"));
  EXPECT_EQ(3, number("SELECT thread FROM events WHERE seq = 6"));
  EXPECT_EQ(0, number("SELECT target FROM events WHERE seq = 6"));
  EXPECT_EQ(3, number("SELECT msg_no FROM rooms"));
  EXPECT_TRUE(skipped_.empty());
}

TEST_F(Foreign, TheRoomsStateFollowsFromItsEvents) {
  import({say(1, "a"),
          {.at_us = 2, .kind = EventKind::RoomTitle, .sender = kAnn, .body = "coffee"},
          {.at_us = 3, .kind = EventKind::RoomTopic, .sender = kAnn, .body = "beans"},
          {.at_us = 4, .kind = EventKind::RoomVisibility, .sender = kAnn, .body = "public"},
          {.at_us = 5, .kind = EventKind::Pin, .sender = kAnn, .target = "a"},
          {.at_us = 6, .kind = EventKind::MemberRemove, .sender = kBob, .subject = kBob}});
  EXPECT_EQ(1, number("SELECT count(*) FROM rooms WHERE title = 'coffee' AND topic = 'beans' AND is_public = 1"));
  EXPECT_EQ(3, number("SELECT seq FROM pins WHERE pin_seq = 7"));
  EXPECT_EQ(8, number("SELECT leave_seq FROM members WHERE user_id = 2"));
}

TEST_F(Foreign, WhoSaidSomethingHasReadUpToThereAndTheirOwnMessagesAreNotUnread) {
  Act bobs = say(2, "b");
  bobs.sender = kBob;
  import({say(1, "a"),
          bobs,
          say(3, "c"),
          say(4, "d"),
          {.at_us = 5, .kind = EventKind::RoomTopic, .sender = kBob, .body = "x"}});
  EXPECT_EQ(1, number("SELECT count(*) FROM read_marks WHERE user_id = 1 AND room_id = 5 AND seq = 6 AND msg_no = 4"));
  EXPECT_EQ(1, number("SELECT count(*) FROM read_marks WHERE user_id = 2 AND room_id = 5 AND seq = 4 AND msg_no = 2"));
}

TEST_F(Foreign, ADeletionErasesTheTextAndItsEditsAndTheFoldStays) {
  import({say(1, "a", "secret"),
          {.at_us = 2, .kind = EventKind::Edit, .sender = kAnn, .target = "a", .body = "secret too"},
          {.at_us = 3, .kind = EventKind::Delete, .sender = kAnn, .target = "a"}});
  EXPECT_EQ(0, number("SELECT count(*) FROM events WHERE length(body) > 0"));
  EXPECT_EQ(2, number("SELECT count(*) FROM events WHERE erased_hash <> 0"));
}

TEST_F(Foreign, ADirectRoomIsFoundByItsTwoUsers) {
  import({say(1, "a")}, wire::RoomKind::Direct);
  EXPECT_EQ(5, number("SELECT room_id FROM direct_rooms WHERE low_user = 1 AND high_user = 2"));
}

TEST_F(Foreign, WhatRefersToNothingIsCounted) {
  Act reply = say(5, "b");
  hang_below(reply, "gone");
  import({say(1, "a"),
          say(2, "a"),
          reply,
          {.at_us = 6, .kind = EventKind::Edit, .sender = kAnn, .target = "gone", .body = "x"}});
  EXPECT_EQ(2, number("SELECT msg_no FROM rooms"));
  EXPECT_THAT(
      skipped_,
      ElementsAre(Pair("edits, reactions, pins and deletions of messages that the archive lacks", 1u),
                  Pair("messages that the archive holds twice", 1u),
                  Pair("places in threads whose first message the archive lacks (the messages came along)", 1u)));
}

TEST_F(Foreign, ALongTextGoesOnInFurtherMessages) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "a line\n";
  import({say(1, "a", text)});
  EXPECT_EQ(3, number("SELECT msg_no FROM rooms"));
  EXPECT_EQ(static_cast<std::int64_t>(text.size()), number("SELECT sum(length(body)) FROM events WHERE kind = 1"));
  EXPECT_LE(number("SELECT max(length(body)) FROM events"), static_cast<std::int64_t>(wire::limits::kBodyBytesMax));
}

}  // namespace
}  // namespace starling::transfer
