// Without a server: what is cached is there at once, however much it is.
#include <QElapsedTimer>

#include "client-qt/cache/store.h"
#include "client-qt/models/app_settings.h"
#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;

class OfflineTest : public World {
 protected:
  static constexpr std::uint64_t kMessages = 20'000;
  /// A file as an earlier run left it.
  void fill() {
    AppSettings settings(dir_.path());
    Store store(settings.path_of(settings.entry_for(server_.url(), "test")).toStdString());
    Batch batch;
    batch.ops.emplace_back(StoreRoom{state_at(0)});
    batch.ops.emplace_back(StoreRoomInfo{{.room = kRoom, .role = wire::Role::Owner, .title = "Birds"}});
    for (std::uint64_t seq = 1; seq <= kMessages; ++seq) {
      batch.ops.emplace_back(stored(message(seq, kAnn, "m" + std::to_string(seq))));
    }
    batch.ops.emplace_back(StoreAccount{"user", "7"});
    batch.ops.emplace_back(StoreAccount{"device", "70"});
    store.apply({batch});
    server_.refusals = 1'000'000;
    server_.refuse_with = 4009;
  }
};

TEST_F(OfflineTest, history_is_readable_at_once_and_only_a_window_of_it_is_loaded) {
  fill();
  start();
  open_room();
  EXPECT_GE(timeline().count(), 50);
  EXPECT_LE(timeline().count(), 200);
  EXPECT_EQ("m20000", role(timeline().count() - 1, TimelineModel::TextRole).toString().toStdString());
  EXPECT_TRUE(timeline().hasOlder());
}

TEST_F(OfflineTest, scrolling_back_to_the_beginning_keeps_a_bounded_window_and_forward_comes_to_the_end) {
  fill();
  start();
  open_room();
  int most = 0;
  while (timeline().hasOlder()) {
    timeline().loadOlder();
    ASSERT_TRUE(spin_until([&] { return !timeline().loadingOlder(); }));
    most = std::max(most, timeline().count());
  }
  EXPECT_LE(most, 2200);
  EXPECT_EQ("m1", role(0, TimelineModel::TextRole).toString().toStdString());
  EXPECT_FALSE(timeline().atLive());
  while (!timeline().atLive()) {
    const int before = timeline().count();
    timeline().fetchMore({});
    ASSERT_TRUE(spin_until([&] { return timeline().count() != before || timeline().atLive(); }));
    ASSERT_TRUE(spin_until([&] { return timeline().canFetchMore({}) || timeline().atLive(); }));
  }
  EXPECT_EQ("m20000", role(timeline().count() - 1, TimelineModel::TextRole).toString().toStdString());
}

TEST_F(OfflineTest, a_jump_lands_on_its_message_and_the_way_back_is_open) {
  fill();
  start();
  open_room();
  int landed = -1;
  QObject::connect(&timeline(), &TimelineModel::jumped, [&](int row) { landed = row; });
  session().room()->jumpTo(5000);
  ASSERT_TRUE(spin_until([&] { return landed >= 0; }));
  EXPECT_EQ("m5000", role(landed, TimelineModel::TextRole).toString().toStdString());
  EXPECT_TRUE(role(landed, TimelineModel::HighlightedRole).toBool());
  EXPECT_FALSE(timeline().atLive());
  timeline().jumpToLive();
  ASSERT_TRUE(spin_until([&] { return timeline().atLive() && timeline().ready(); }));
  EXPECT_EQ("m20000", role(timeline().count() - 1, TimelineModel::TextRole).toString().toStdString());
}

TEST_F(OfflineTest, what_is_written_without_a_connection_waits_and_shows_so_after_a_restart) {
  fill();
  start();
  open_room().send(QStringLiteral("later"));
  ASSERT_TRUE(spin_until(
      [&] { return role(timeline().count() - 1, TimelineModel::StateRole).toString() == QLatin1String("pending"); }));
  close();
  start();
  open_room();
  EXPECT_EQ("later", role(timeline().count() - 1, TimelineModel::TextRole).toString().toStdString());
  EXPECT_EQ("pending", role(timeline().count() - 1, TimelineModel::StateRole).toString().toStdString());
}

}  // namespace
}  // namespace starling::qt
