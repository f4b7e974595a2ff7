// Rooms, drafts, people: what is around the messages.
#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;
using wire::EventKind;

class SessionTest : public World {
 protected:
  QVariant room_role(int row, RoomListModel::Role which) {
    return session().rooms()->data(session().rooms()->index(row), which);
  }
};

TEST_F(SessionTest, unread_rooms_come_first_and_count_messages_and_mentions) {
  const RoomId other{0x20};
  server_.rooms[other] = {.room = other, .role = wire::Role::Member, .title = "Quiet"};
  go_online();
  ASSERT_TRUE(spin_until([&] { return session().rooms()->count() == 2; }));
  say(kAnn, "hi");
  say(kAnn, "hey <@7>");
  ASSERT_TRUE(spin_until([&] { return room_role(0, RoomListModel::UnreadRole).toInt() == 2; }));
  EXPECT_EQ("Birds", room_role(0, RoomListModel::TitleRole).toString().toStdString());
  EXPECT_EQ("Unread", room_role(0, RoomListModel::SectionRole).toString().toStdString());
  EXPECT_EQ(1, room_role(0, RoomListModel::MentionsRole).toInt());
  EXPECT_EQ("Quiet", room_role(1, RoomListModel::TitleRole).toString().toStdString());
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return timeline().count() == 2; }));
  room.markRead();
  ASSERT_TRUE(spin_until([&] { return session().rooms()->unreadRooms() == 0; }));
  EXPECT_EQ(0, room_role(0, RoomListModel::MentionsRole).toInt());
}

TEST_F(SessionTest, the_preview_follows_edits_and_deletions) {
  go_online();
  say(kAnn, "hi");
  ASSERT_TRUE(spin_until([&] { return room_role(0, RoomListModel::PreviewRole).toString() == "hi"; }));
  server_.push(change(0, EventKind::Edit, kAnn, 1, "hello"));
  ASSERT_TRUE(spin_until([&] { return room_role(0, RoomListModel::PreviewRole).toString() == "hello"; }));
  server_.push(change(0, EventKind::Delete, kAnn, 1));
  ASSERT_TRUE(spin_until([&] { return room_role(0, RoomListModel::PreviewRole).toString() == "Message deleted"; }));
}

TEST_F(SessionTest, a_draft_survives_the_end_of_the_program_and_ends_when_it_is_sent) {
  go_online();
  open_room().setDraft(QStringLiteral("half a thought"));
  close();
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return room.draft() == "half a thought"; }));
  EXPECT_TRUE(room_role(0, RoomListModel::DraftRole).toBool());
  room.send(room.draft());
  EXPECT_EQ("", room.draft().toStdString());
  EXPECT_FALSE(room_role(0, RoomListModel::DraftRole).toBool());
  ASSERT_TRUE(spin_until([&] { return texts() == "half a thought "; }));
}

TEST_F(SessionTest, two_versions_of_a_draft_are_both_kept_until_one_is_chosen) {
  go_online();
  Room& room = open_room();
  room.setDraft(QStringLiteral("mine"));
  room.offer_draft(QStringLiteral("theirs"), QStringLiteral("neither"), 9);
  EXPECT_EQ("mine", room.draft().toStdString());
  EXPECT_EQ("theirs", room.draftConflict().toStdString());
  room.resolveDraft(true);
  EXPECT_EQ("theirs", room.draft().toStdString());
  EXPECT_EQ("", room.draftConflict().toStdString());
}

TEST_F(SessionTest, typing_is_shown_until_they_write) {
  go_online();
  Room& room = open_room();
  session().directory().learn({{"user", "8"}, {"handle", "ann"}, {"display_name", "Ann"}});
  server_.send(wire::TypingNotice{.room = kRoom, .user = kAnn});
  ASSERT_TRUE(spin_until([&] { return room.typing() == "Ann is typing"; }));
  say(kAnn, "hi");
  EXPECT_TRUE(spin_until([&] { return room.typing().isEmpty(); }));
}

TEST_F(SessionTest, news_call_for_attention_and_old_messages_do_not) {
  go_online();
  std::vector<std::string> calls;
  QObject::connect(&session(), &Session::notify,
                   [&](const QString&, const QString&, const QString& text) { calls.push_back(text.toStdString()); });
  say(kAnn, "old");
  wire::Event fresh = message(1, kAnn, "news");
  fresh.ts = wall_from_ms(QDateTime::currentMSecsSinceEpoch());
  server_.push(fresh);
  ASSERT_TRUE(spin_until([&] { return !calls.empty(); }));
  EXPECT_EQ((std::vector<std::string>{"User 8: news"}), calls);
}

TEST_F(SessionTest, members_come_from_the_log_where_the_server_does_not_tell) {
  server_.push(member(0, kMe, kMe, wire::Role::Owner));
  server_.push(member(0, kMe, kAnn));
  server_.push(member(0, kMe, kBo));
  server_.push(member(0, kMe, kBo, wire::Role::None));
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return room.members()->count() == 2 && timeline().count() == 4; }));
  EXPECT_EQ("owner", room.members()->get(0).value("role").toString().toStdString());
  EXPECT_EQ(2, room.memberCount());
}

TEST_F(SessionTest, presence_is_shown_where_the_person_is) {
  go_online();
  session().directory().set_presence(kAnn, Presence::Online, 0);
  EXPECT_EQ("online", session().directory().person(kAnn)->presence().toStdString());
}

}  // namespace
}  // namespace starling::qt
