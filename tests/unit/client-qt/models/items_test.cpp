// The user's items: the same here as elsewhere, and there without a server.
#include "client-qt/models/items.h"

#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;
using wire::ItemKind;

class ItemsTest : public World {
 protected:
  static const inline std::string kKey = std::to_string(kRoom.value);

  const RoomSummary& room() { return *session().book().find(kRoom); }
  std::string item(ItemKind kind) { return server_.item(kind, kKey); }
  /// Ends the program, and starts it where there is no server.
  void restart_offline() {
    close();
    server_.refusals = 1'000'000;
    server_.refuse_with = 4009;
    start();
  }
};

TEST_F(ItemsTest, a_start_without_a_server_knows_mutes_drafts_and_invitations) {
  go_online();
  server_.set_item(ItemKind::Mute, kKey, "always");
  server_.set_item(ItemKind::Draft, kKey, "half a thought");
  server_.set_item(ItemKind::Invitation, "32", "8 1 Lunch club");
  ASSERT_TRUE(spin_until([&] { return session().invitations()->count() == 1; }));
  restart_offline();
  EXPECT_TRUE(room().muted);
  EXPECT_TRUE(room().draft);
  ASSERT_EQ(1, session().invitations()->count());
  EXPECT_EQ("Lunch club", session().invitations()->get(0).value("title").toString().toStdString());
  Room& open = open_room();
  EXPECT_TRUE(spin_until([&] { return open.draft() == "half a thought"; }));
}

TEST_F(ItemsTest, what_is_wanted_without_a_server_is_shown_after_a_restart_and_reaches_the_server_later) {
  go_online();
  restart_offline();
  open_room().setMuted(true);
  restart_offline();
  EXPECT_TRUE(room().muted);
  EXPECT_EQ("", item(ItemKind::Mute));
  close();
  server_.refusals = 0;
  go_online();
  EXPECT_TRUE(spin_until([&] { return item(ItemKind::Mute) == "always"; }));
  EXPECT_TRUE(room().muted);
}

TEST_F(ItemsTest, what_a_server_has_lost_is_gone_here_too) {
  go_online();
  server_.set_item(ItemKind::Mute, kKey, "always");
  ASSERT_TRUE(spin_until([&] { return room().muted; }));
  // Restored from an older copy: another history, in which there is only this.
  server_.items.clear();
  server_.items_version = std::uint64_t{2} << 32;
  server_.send(wire::Items{.prev = 0, .version = server_.items_version, .items = {}});
  EXPECT_TRUE(spin_until([&] { return !room().muted; }));
  restart_offline();
  EXPECT_FALSE(room().muted);
}

TEST_F(ItemsTest, what_is_wanted_is_wanted_over_another_devices_change) {
  go_online();
  restart_offline();
  server_.set_item(ItemKind::Mute, kKey, "1");
  open_room().setMuted(true);
  server_.refusals = 0;
  session().connection()->retryNow();
  EXPECT_TRUE(spin_until([&] { return item(ItemKind::Mute) == "always"; }));
  EXPECT_TRUE(room().muted);
}

TEST_F(ItemsTest, ones_own_draft_that_comes_back_is_no_other_version_and_ends_when_it_is_sent) {
  go_online();
  Room& open = open_room();
  open.setDraft(QStringLiteral("half"));
  ASSERT_TRUE(spin_until([&] { return item(ItemKind::Draft) == "half"; }));
  open.setDraft(QStringLiteral("half a thought"));
  ASSERT_TRUE(spin_until([&] { return item(ItemKind::Draft) == "half a thought"; }));
  EXPECT_EQ("", open.draftConflict().toStdString());
  open.send(open.draft());
  EXPECT_TRUE(spin_until([&] { return item(ItemKind::Draft).empty(); }));
  EXPECT_FALSE(room().draft);
}

TEST_F(ItemsTest, a_draft_follows_another_device_until_both_have_written) {
  go_online();
  Room& open = open_room();
  open.setDraft(QStringLiteral("half"));
  ASSERT_TRUE(spin_until([&] { return item(ItemKind::Draft) == "half"; }));
  server_.set_item(ItemKind::Draft, kKey, "half a thought");
  EXPECT_TRUE(spin_until([&] { return open.draft() == "half a thought"; }));
  EXPECT_EQ("", open.draftConflict().toStdString());
  session().closeRoom();
  server_.set_item(ItemKind::Draft, kKey, "");  // sent from there
  ASSERT_TRUE(spin_until([&] { return !room().draft; }));
  Room& again = open_room();
  bool read = false;
  session().context().cache->ask(&again, [](Store&) { return 0; }, [&](int) { read = true; });
  ASSERT_TRUE(spin_until([&] { return read; }));
  EXPECT_EQ("", again.draft().toStdString());
}

}  // namespace
}  // namespace starling::qt
