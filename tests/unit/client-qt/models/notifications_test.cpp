// What notifies: by the settings of the user, which are the same on all devices.
#include <QDateTime>
#include <QJsonArray>

#include "client-qt/models/notification_settings.h"
#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;
using wire::ItemKind;

constexpr RoomId kDirect{0x20};

class NotificationsTest : public World {
 protected:
  NotificationsTest() {
    server_.rooms[kDirect] = {.room = kDirect, .kind = wire::RoomKind::Direct, .role = wire::Role::Owner};
  }
  void go_online_and_listen() {
    go_online();
    ASSERT_TRUE(spin_until([&] { return session().book().find(kDirect) != nullptr; }));
    session().directory().learn({{"user", "8"}, {"handle", "ann"}, {"display_name", "Ann"}});
    session().directory().learn({{"user", "7"}, {"handle", "me"}, {"display_name", "Me"}});
    QObject::connect(&session(), &Session::notify, [this](const QString&, const QString&, const QString& text) {
      told_.push_back(text.toStdString());
    });
  }
  NotificationSettings& settings() { return *session().notifications(); }
  /// Says it now, and waits until it is there.
  void news(RoomId room, const std::string& text) {
    wire::Event event = message(1, kAnn, text);
    event.room = room;
    event.client_msg_id = ClientMsgId(++said_);
    event.ts = wall_from_ms(QDateTime::currentMSecsSinceEpoch());
    server_.push(event);
    ASSERT_TRUE(spin_until([&] { return session().book().find(room)->head.value == server_.logs[room].size(); }));
  }
  /// What is told of news of each kind.
  std::string told() {
    told_.clear();
    news(kRoom, "talk");
    news(kRoom, "hey <@7>");
    news(kDirect, "psst");
    std::string out;
    for (const std::string& each : told_) out += each + "; ";
    return out;
  }
  std::vector<std::string> told_;
};

TEST_F(NotificationsTest, the_level_says_what_notifies_and_a_muted_room_only_mentions) {
  go_online_and_listen();
  EXPECT_EQ("Ann: talk; Ann: hey @Me; psst; ", told());
  settings().setLevel("mentions");
  EXPECT_EQ("Ann: hey @Me; psst; ", told());
  settings().setLevel("nothing");
  EXPECT_EQ("", told());
  settings().setLevel("all");
  session().muteRoom(QString::number(kRoom.value), true);
  session().muteRoom(QString::number(kDirect.value), true);
  EXPECT_EQ("Ann: hey @Me; ", told());
}

TEST_F(NotificationsTest, without_a_preview_nothing_of_what_was_written_is_told) {
  go_online_and_listen();
  settings().setPreview(false);
  EXPECT_EQ("Ann: new message; Ann: new message; new message; ", told());
}

TEST_F(NotificationsTest, nothing_notifies_while_it_is_quiet_and_the_quiet_ends_by_itself) {
  go_online_and_listen();
  settings().quietFor(60);
  EXPECT_TRUE(settings().quiet());
  EXPECT_EQ("", told());
  // Another device makes it shorter.
  server_.set_item(ItemKind::Setting, "quiet_until", std::to_string(QDateTime::currentMSecsSinceEpoch() + 200));
  bool ended = false;
  QObject::connect(&settings(), &NotificationSettings::changed, [&] { ended = ended || !settings().quiet(); });
  EXPECT_TRUE(spin_until([&] { return ended; }));
  news(kDirect, "awake?");
  EXPECT_EQ(std::vector<std::string>{"awake?"}, told_);
}

TEST_F(NotificationsTest, news_of_somebody_unknown_are_told_by_name) {
  go_online_and_listen();
  server_.answers["GET /v1/users"] = [](const FakeRequest&) {
    return FakeAnswer{200,
                      {{"users", QJsonArray{QJsonObject{{"user", "9"}, {"handle", "bo"}, {"display_name", "Bo"}}}}}};
  };
  wire::Event event = message(1, kBo, "new here");
  event.ts = wall_from_ms(QDateTime::currentMSecsSinceEpoch());
  server_.push(event);
  ASSERT_TRUE(spin_until([&] { return !told_.empty(); }));
  EXPECT_EQ(std::vector<std::string>{"Bo: new here"}, told_);
}

TEST_F(NotificationsTest, settings_come_from_other_devices_and_are_there_without_a_server) {
  go_online_and_listen();
  server_.set_item(ItemKind::Setting, "notify", "mentions");
  server_.set_item(ItemKind::Setting, "notify_preview", "off");
  EXPECT_TRUE(spin_until([&] { return settings().level() == "mentions" && !settings().preview(); }));
  settings().setSound(false);
  EXPECT_TRUE(spin_until([&] { return server_.item(ItemKind::Setting, "notify_sound") == "off"; }));
  close();
  server_.refusals = 1'000'000;
  server_.refuse_with = 4009;
  start();
  EXPECT_EQ("mentions", settings().level().toStdString());
  EXPECT_FALSE(settings().preview());
  EXPECT_FALSE(settings().sound());
}

}  // namespace
}  // namespace starling::qt
