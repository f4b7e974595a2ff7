#include "client-qt/models/timeline_model.h"

#include <QDateTime>
#include <QSignalSpy>

#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;
using wire::EventKind;

class TimelineModelTest : public World {};

TEST_F(TimelineModelTest, a_message_waits_then_is_sent_in_the_same_place) {
  go_online();
  Room& room = open_room();
  server_.accepting = false;
  room.send(QStringLiteral("one"));
  room.send(QStringLiteral("two"));
  ASSERT_TRUE(spin_until([&] { return texts() == "one(pending) two(pending) "; }));
  EXPECT_EQ(2, session().connection()->waiting());
  server_.accepting = true;
  server_.drop(1001);
  session().connection()->retryNow();
  ASSERT_TRUE(spin_until([&] {
    session().connection()->retryNow();
    return texts() == "one two " && session().connection()->waiting() == 0;
  }));
}

TEST_F(TimelineModelTest, a_refused_message_stays_until_it_is_dismissed) {
  go_online();
  Room& room = open_room();
  server_.refusal = wire::SendStatus::Forbidden;
  room.send(QStringLiteral("no"));
  ASSERT_TRUE(spin_until([&] { return texts() == "no(failed) "; }));
  EXPECT_FALSE(role(0, TimelineModel::StateTextRole).toString().isEmpty());
  room.discard(role(0, TimelineModel::LocalIdRole).toString());
  EXPECT_EQ("", texts());
}

TEST_F(TimelineModelTest, what_was_refused_to_be_done_to_a_message_is_said_there_until_it_is_tried_again_or_given_up) {
  say(kAnn, "hers");
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "hers "; }));
  QSignalSpy notices(&session(), &Session::failed);
  server_.refusal = wire::SendStatus::Forbidden;
  room.edit(1, QStringLiteral("mine"));
  const auto refused = [&] { return role(0, TimelineModel::RefusedTextRole).toString(); };
  ASSERT_TRUE(spin_until([&] { return !refused().isEmpty(); }));
  EXPECT_TRUE(refused().contains(QLatin1String("only who wrote it"))) << refused().toStdString();
  EXPECT_TRUE(refused().contains(QLatin1String("mine"))) << refused().toStdString();
  EXPECT_EQ("hers ", texts());

  // It is there after a restart, too.
  close();
  go_online();
  Room& again = open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "hers " && !refused().isEmpty(); }));
  server_.refusal = wire::SendStatus::Accepted;
  again.retry(role(0, TimelineModel::RefusedIdRole).toString());
  EXPECT_TRUE(refused().isEmpty());
  ASSERT_TRUE(spin_until([&] { return texts() == "mine "; }));

  server_.refusal = wire::SendStatus::Rejected;
  again.react(1, QStringLiteral("+"));
  ASSERT_TRUE(spin_until([&] { return !refused().isEmpty(); }));
  again.discard(role(0, TimelineModel::RefusedIdRole).toString());
  EXPECT_TRUE(refused().isEmpty());
  EXPECT_EQ(0, notices.count());
}

TEST_F(TimelineModelTest, what_was_refused_and_has_no_place_is_a_notice_that_says_whom_it_is_about) {
  go_online();
  Room& room = open_room();
  QSignalSpy notices(&session(), &Session::failed);
  server_.refusal = wire::SendStatus::Forbidden;
  room.kick(QString::number(kAnn.value));
  ASSERT_TRUE(spin_until([&] { return notices.count() == 1; }));
  EXPECT_TRUE(notices[0][0].toString().contains(QLatin1String("Not removed")))
      << notices[0][0].toString().toStdString();
}

TEST_F(TimelineModelTest, a_message_that_is_answered_busy_says_when_it_goes_again_and_goes) {
  go_online();
  Room& room = open_room();
  server_.refusal = wire::SendStatus::Busy;
  server_.retry_after_ms = 1100;
  room.send(QStringLiteral("one"));
  const auto state = [&] { return role(0, TimelineModel::StateTextRole).toString(); };
  ASSERT_TRUE(spin_until([&] { return timeline().count() == 1 && state().contains(QLatin1String("by itself at")); }));
  server_.refusal = wire::SendStatus::Accepted;
  ASSERT_TRUE(spin_until([&] { return texts() == "one "; }));
}

TEST_F(TimelineModelTest, a_message_that_is_too_long_stays_in_the_draft_and_the_reason_is_the_answer) {
  go_online();
  Room& room = open_room();
  const QString text(100'000, QLatin1Char('a'));
  room.setDraft(text);
  EXPECT_FALSE(room.send(text).isEmpty());
  EXPECT_EQ(text, room.draft());
}

TEST_F(TimelineModelTest, a_thread_whose_root_is_older_than_the_cache_is_read_from_the_server_whole) {
  say(kAnn, "root");
  for (int n = 2; n <= 260; ++n) {
    wire::Event event = message(1, kBo, "m" + std::to_string(n));
    if (n % 2 == 0) event.thread = Seq(1);
    server_.push(event);
  }
  server_.push(change(0, EventKind::Edit, kAnn, 1, "the root"));
  server_.window = Seq(255);
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return timeline().newest() && timeline().newest()->seq == Seq(261); }));
  room.openThread(1);
  watch(room.thread());
  ASSERT_TRUE(spin_until([&] { return room.thread()->ready() && !room.thread()->hasOlder(); }));
  ASSERT_EQ(131, room.thread()->count());
  const auto text = [&](int row) {
    return room.thread()->data(room.thread()->index(row), TimelineModel::TextRole).toString().toStdString();
  };
  EXPECT_EQ("the root", text(0));
  for (int row = 1; row <= 130; ++row) EXPECT_EQ("m" + std::to_string(2 * row), text(row));

  // What is said and done from now on is there as well, and once.
  wire::Event event = message(1, kAnn, "new");
  event.thread = Seq(1);
  server_.push(event);
  ASSERT_TRUE(spin_until([&] { return room.thread()->count() == 132; }));
  EXPECT_EQ("new", text(131));
  // Once opened it is in the cache: without the server too.
  close();
  server_.refuse_with = 4009;
  server_.refusals = 1'000;
  start();
  Room& again = open_room();
  again.openThread(1);
  ASSERT_TRUE(spin_until([&] { return again.thread()->count() == 132; }));
}

TEST_F(TimelineModelTest, settings_are_saved_when_the_server_says_so_and_a_refusal_is_theirs) {
  go_online();
  Room& room = open_room();
  QSignalSpy saved(&room, &Room::settingsSaved);
  server_.accepting = false;
  room.setTitle(QStringLiteral("Larks"));
  EXPECT_TRUE(room.settingsBusy());
  ASSERT_TRUE(spin_until([&] { return !server_.sends.empty(); }));
  EXPECT_EQ(0, saved.count());
  server_.accepting = true;
  server_.drop(1001);
  ASSERT_TRUE(spin_until([&] {
    session().connection()->retryNow();
    return saved.count() == 1;
  }));
  EXPECT_FALSE(room.settingsBusy());
  QSignalSpy notices(&session(), &Session::failed);
  server_.refusal = wire::SendStatus::Forbidden;
  room.setTopic(QStringLiteral("Songs"));
  ASSERT_TRUE(spin_until([&] { return !room.settingsError().isEmpty(); }));
  EXPECT_TRUE(room.settingsError().contains(QLatin1String("only moderators"))) << room.settingsError().toStdString();
  EXPECT_FALSE(room.settingsBusy());
  EXPECT_EQ(1, saved.count());
  EXPECT_EQ(0, notices.count());
}

TEST_F(TimelineModelTest, a_change_that_waits_is_shown_and_goes_over_into_what_the_log_says) {
  say(kMe, "mine");
  say(kAnn, "hers");
  say(kMe, "wrong");
  go_online();
  Room* room = &open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "mine hers wrong "; }));
  server_.accepting = false;
  room->edit(1, QStringLiteral("better"));
  room->react(2, QStringLiteral("+"));
  room->remove(3);
  const auto waits = [&] {
    return texts() == "better(changing) hers (changing) " && role(0, TimelineModel::EditedRole).toBool() &&
           role(1, TimelineModel::ReactionsRole).toList().size() == 1 && role(2, TimelineModel::DeletedRole).toBool();
  };
  ASSERT_TRUE(spin_until(waits)) << texts();
  // A second click takes the reaction back, though the log has none yet.
  room->react(2, QStringLiteral("+"));
  ASSERT_TRUE(spin_until([&] { return role(1, TimelineModel::ReactionsRole).toList().empty(); }));
  EXPECT_FALSE(role(0, TimelineModel::StateTextRole).toString().isEmpty());

  close();
  go_online();
  room = &open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "better(changing) hers (changing) "; })) << texts();

  server_.accepting = true;
  server_.drop(1001);
  ASSERT_TRUE(spin_until([&] {
    session().connection()->retryNow();
    return texts() == "better hers  " && session().connection()->waiting() == 0;
  })) << texts();
  EXPECT_TRUE(role(0, TimelineModel::EditedRole).toBool());
  EXPECT_TRUE(role(2, TimelineModel::DeletedRole).toBool());
}

TEST_F(TimelineModelTest, what_a_moderator_deletes_is_deleted_though_an_edit_of_it_waits) {
  say(kMe, "mine");
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "mine "; }));
  server_.accepting = false;
  room.edit(1, QStringLiteral("better"));
  ASSERT_TRUE(spin_until([&] { return texts() == "better(changing) "; }));
  server_.push(change(0, EventKind::Delete, kAnn, 1));
  EXPECT_TRUE(spin_until([&] { return texts() == " " && role(0, TimelineModel::DeletedRole).toBool(); })) << texts();
}

TEST_F(TimelineModelTest, who_looks_at_older_messages_sees_how_they_change) {
  for (int n = 1; n <= 3000; ++n) say(kAnn, "m" + std::to_string(n));
  go_online();
  open_room();
  ASSERT_TRUE(spin_until([&] { return timeline().newest() && timeline().newest()->seq == Seq(3000); }));
  while (timeline().atLive()) {
    timeline().loadOlder();
    ASSERT_TRUE(spin_until([&] { return !timeline().loadingOlder(); }));
  }
  const qlonglong seq = role(0, TimelineModel::SeqRole).toLongLong();
  server_.push(change(0, EventKind::Edit, kAnn, static_cast<std::uint64_t>(seq), "corrected"));
  EXPECT_TRUE(spin_until([&] { return role(0, TimelineModel::TextRole).toString() == QLatin1String("corrected"); }));
}

TEST_F(TimelineModelTest, what_is_refused_while_older_messages_are_in_view_is_there_once) {
  for (int i = 0; i < 3000; ++i) say(kAnn, "words");
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return timeline().newest() && timeline().newest()->seq == Seq(3000); }));
  server_.accepting = false;
  room.send(QStringLiteral("no"));
  const auto last = [&] { return role(timeline().count() - 1, TimelineModel::TextRole).toString(); };
  ASSERT_TRUE(spin_until([&] { return last() == QLatin1String("no"); }));
  while (timeline().atLive()) {
    timeline().loadOlder();
    ASSERT_TRUE(spin_until([&] { return !timeline().loadingOlder(); }));
  }
  server_.refusal = wire::SendStatus::Forbidden;
  server_.accepting = true;
  server_.drop(1001);
  ASSERT_TRUE(spin_until([&] {
    session().connection()->retryNow();
    return session().connection()->waiting() == 0;
  }));
  timeline().jumpToLive();
  ASSERT_TRUE(spin_until([&] { return timeline().atLive() && last() == QLatin1String("no"); }));
  EXPECT_EQ(role(timeline().count() - 1, TimelineModel::StateRole).toString(), QLatin1String("failed"));
  EXPECT_EQ(role(timeline().count() - 2, TimelineModel::TextRole).toString(), QLatin1String("words"));
}

TEST_F(TimelineModelTest, what_others_do_shows_as_it_comes) {
  say(kAnn, "hi");
  go_online();
  open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "hi "; }));
  server_.push(change(0, EventKind::Edit, kAnn, 1, "hello"));
  server_.push(change(0, EventKind::ReactionAdd, kBo, 1, "+"));
  say(kBo, "re", Seq(1));
  ASSERT_TRUE(spin_until([&] { return texts() == "hello re "; }));
  EXPECT_TRUE(role(0, TimelineModel::EditedRole).toBool());
  const QVariantMap reaction = role(0, TimelineModel::ReactionsRole).toList().at(0).toMap();
  EXPECT_EQ(1, reaction.value("count").toInt());
  EXPECT_FALSE(reaction.value("mine").toBool());
  EXPECT_EQ("hello", role(1, TimelineModel::ReplyTextRole).toString().toStdString());
  server_.push(change(0, EventKind::Delete, kAnn, 1));
  ASSERT_TRUE(spin_until([&] { return role(0, TimelineModel::DeletedRole).toBool(); }));
  EXPECT_EQ("Message deleted", role(1, TimelineModel::ReplyTextRole).toString().toStdString());
}

TEST_F(TimelineModelTest, a_reaction_that_is_mine_is_taken_back_by_the_same_click) {
  say(kAnn, "hi");
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "hi "; }));
  room.react(1, QStringLiteral("+"));
  ASSERT_TRUE(spin_until([&] { return role(0, TimelineModel::ReactionsRole).toList().size() == 1; }));
  EXPECT_TRUE(role(0, TimelineModel::ReactionsRole).toList().at(0).toMap().value("mine").toBool());
  room.react(1, QStringLiteral("+"));
  EXPECT_TRUE(spin_until([&] { return role(0, TimelineModel::ReactionsRole).toList().isEmpty(); }));
}

TEST_F(TimelineModelTest, groups_begin_with_a_sender_a_pause_or_a_day) {
  const auto at = [&](UserId who, const char* text, const QDateTime& when) {
    wire::Event event = message(1, who, text);
    event.ts = wall_from_ms(when.toMSecsSinceEpoch());
    server_.push(event);
  };
  const QDate day(2024, 3, 1);
  at(kAnn, "a", QDateTime(day, QTime(10, 0)));
  at(kAnn, "b", QDateTime(day, QTime(10, 1)));
  at(kBo, "c", QDateTime(day, QTime(10, 2)));
  at(kBo, "d", QDateTime(day, QTime(10, 9)));
  at(kBo, "e", QDateTime(day.addDays(1), QTime(0, 0)));
  go_online();
  open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "a b c d e "; }));
  std::string starts;
  std::string days;
  for (int row = 0; row < 5; ++row) {
    starts += role(row, TimelineModel::GroupStartRole).toBool() ? '1' : '0';
    days += role(row, TimelineModel::DayTextRole).toString().isEmpty() ? '0' : '1';
  }
  EXPECT_EQ("10111", starts);
  EXPECT_EQ("10001", days);
}

TEST_F(TimelineModelTest, the_divider_stands_above_the_first_unread_message_of_others) {
  say(kAnn, "read");
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "read "; }));
  room.markRead();
  ASSERT_TRUE(spin_until([&] { return session().book().find(kRoom)->unread() == 0; }));
  session().closeRoom();
  testers_.clear();
  say(kAnn, "new-1");
  say(kAnn, "new-2");
  ASSERT_TRUE(spin_until([&] { return session().book().find(kRoom)->unread() == 2; }));
  open_room();
  ASSERT_TRUE(spin_until([&] { return texts() == "read new-1 new-2 "; }));
  EXPECT_EQ(1, timeline().firstUnreadIndex());
  EXPECT_TRUE(role(1, TimelineModel::FirstUnreadRole).toBool());
  EXPECT_FALSE(role(2, TimelineModel::FirstUnreadRole).toBool());
}

TEST_F(TimelineModelTest, receipts_say_who_has_read) {
  go_online();
  Room& room = open_room();
  room.send(QStringLiteral("mine"));
  ASSERT_TRUE(spin_until([&] { return texts() == "mine "; }));
  EXPECT_EQ("", role(0, TimelineModel::ReceiptTextRole).toString().toStdString());
  timeline().set_receipt(kAnn, Seq(1), Seq());
  EXPECT_EQ("Delivered", role(0, TimelineModel::ReceiptTextRole).toString().toStdString());
  timeline().set_receipt(kBo, Seq(1), Seq(1));
  EXPECT_EQ("Read by 1", role(0, TimelineModel::ReceiptTextRole).toString().toStdString());
  EXPECT_EQ(1, timeline().details(0).value("readBy").toStringList().size());
  EXPECT_EQ("70", timeline().details(0).value("device").toString().toStdString());
}

}  // namespace
}  // namespace starling::qt
