// Folders of rooms: made by what is put into them, the same on all devices, and rows of the list that hide their rooms.
#include "client-qt/models/folders.h"

#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;
using wire::ItemKind;

class FoldersTest : public World {
 protected:
  FoldersTest() {
    for (const auto& [id, title] : {std::pair{0x20, "Cats"}, std::pair{0x30, "Dogs"}}) {
      const RoomId room{static_cast<std::uint64_t>(id)};
      server_.rooms[room] = {.room = room, .role = wire::Role::Member, .title = title};
    }
  }
  void go_online_with_all() {
    go_online();
    ASSERT_TRUE(spin_until([&] { return session().book().rooms().size() == 3; }));
  }
  Folders& folders() { return *session().folders(); }
  /// The list as it reads: folders in brackets with what is unread in them.
  std::string list() {
    std::string out;
    RoomListModel& rooms = *session().rooms();
    for (int row = 0; row < rooms.count(); ++row) {
      const auto role = [&](RoomListModel::Role which) { return rooms.index(row).data(which); };
      const std::string title = role(RoomListModel::TitleRole).toString().toStdString();
      const bool folder = role(RoomListModel::KindRole).toString() == "folder";
      const std::string unread = std::to_string(role(RoomListModel::UnreadRole).toInt());
      out += folder ? "[" + title + " " + unread + "] " : title + " ";
    }
    return out;
  }
  bool reads(const std::string& expected) {
    return spin_until([&] { return list() == expected; });
  }
};

TEST_F(FoldersTest, a_folder_is_made_by_a_room_and_ends_with_its_last_one) {
  go_online_with_all();
  folders().move("32", " Pets ");
  EXPECT_EQ("[Pets 0] Cats Birds Dogs ", list());
  folders().move("48", "Pets");
  EXPECT_EQ("[Pets 0] Cats Dogs Birds ", list());
  EXPECT_TRUE(spin_until([&] { return server_.item(ItemKind::Folder, "Pets") == "32 48"; }));
  folders().move("32", "Others");
  EXPECT_EQ("[Others 0] Cats [Pets 0] Dogs Birds ", list());
  folders().move("48", "");
  folders().remove("Others");
  EXPECT_EQ("Birds Cats Dogs ", list());
  EXPECT_TRUE(spin_until([&] {
    return server_.item(ItemKind::Folder, "Pets").empty() && server_.item(ItemKind::Folder, "Others").empty();
  }));
}

TEST_F(FoldersTest, a_collapsed_folder_hides_its_rooms_and_counts_what_is_unread_in_them_after_a_restart_too) {
  go_online_with_all();
  folders().move("16", "Pets");
  folders().move("32", "Pets");
  folders().setCollapsed("Pets", true);
  EXPECT_EQ("[Pets 0] Dogs ", list());
  say(kAnn, "hi");
  say(kAnn, "hey <@7>");
  EXPECT_TRUE(reads("[Pets 2] Dogs ")) << list();
  EXPECT_EQ(1, session().rooms()->index(0).data(RoomListModel::MentionsRole).toInt());
  EXPECT_EQ(1, session().rooms()->unreadRooms());
  close();
  server_.refusals = 1'000'000;
  server_.refuse_with = 4009;
  start();
  EXPECT_EQ("[Pets 2] Dogs ", list());
  folders().setCollapsed("Pets", false);
  EXPECT_EQ("[Pets 2] Birds Cats Dogs ", list());
}

TEST_F(FoldersTest, another_name_keeps_the_rooms_and_a_name_that_is_there_joins_both) {
  go_online_with_all();
  folders().move("16", "Pets");
  folders().move("32", "Others");
  folders().setCollapsed("Pets", true);
  folders().rename("Pets", "Animals");
  EXPECT_EQ("[Animals 0] [Others 0] Cats Dogs ", list());
  folders().rename("Others", "Animals");
  folders().setCollapsed("Animals", false);
  EXPECT_EQ("[Animals 0] Birds Cats Dogs ", list());
  EXPECT_EQ(QStringList{"Animals"}, folders().names());
  EXPECT_TRUE(spin_until([&] { return server_.item(ItemKind::Folder, "Animals") == "16 32"; }));
}

TEST_F(FoldersTest, two_devices_fill_a_folder_at_once_and_no_room_falls_out) {
  go_online_with_all();
  server_.set_item(ItemKind::Folder, "Pets", "16 48");
  ASSERT_TRUE(reads("[Pets 0] Birds Dogs Cats "));
  server_.drop(4000);
  ASSERT_TRUE(spin_until([&] { return session().connection()->state() != QLatin1String("online"); }));
  folders().move("32", "Pets");
  folders().move("48", "");
  server_.set_item(ItemKind::Folder, "Pets", "16 48 99");
  session().connection()->retryNow();
  EXPECT_TRUE(spin_until([&] { return server_.item(ItemKind::Folder, "Pets") == "16 99 32"; }));
  EXPECT_EQ("[Pets 0] Birds Cats Dogs ", list());
}

TEST_F(FoldersTest, a_name_that_no_item_can_have_is_refused_in_words) {
  go_online_with_all();
  std::string told;
  QObject::connect(&session(), &Session::failed, [&](const QString& text) { told = text.toStdString(); });
  folders().move("16", QString(65, 'x'));
  EXPECT_EQ("That name is too long for a folder: choose a shorter one.", told);
  EXPECT_EQ("Birds Cats Dogs ", list());
}

}  // namespace
}  // namespace starling::qt
