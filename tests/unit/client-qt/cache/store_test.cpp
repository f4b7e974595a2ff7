// What is stored is there again after the file was closed.
#include "client-qt/cache/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <QTemporaryDir>

#include "tests/unit/client-qt/support/log.h"

namespace starling::qt {
namespace {

using namespace testing;

class StoreTest : public ::testing::Test {
 protected:
  void apply(std::vector<CacheOp> ops) { store_->apply({{.token = 1, .ops = std::move(ops)}}); }
  void reopen() {
    store_.reset();
    store_.emplace(path());
  }
  std::string path() const { return dir_.filePath("account.db").toStdString(); }

  QTemporaryDir dir_;
  std::optional<Store> store_{std::in_place, path()};
};

TEST_F(StoreTest, a_room_its_cursor_and_its_outbox_survive_a_restart_in_order) {
  apply({StoreRoom{state_at(4, 2)},
         StoreRoomInfo{{.room = kRoom, .kind = wire::RoomKind::Group, .role = wire::Role::Owner, .title = "Birds"}},
         StoreOutboxPut{waiting(2, "two"), Cseq(2), wall_from_ms(20)},
         StoreOutboxPut{waiting(1, "one"), Cseq(2), wall_from_ms(10)}, StoreRoomsVersion{9},
         StoreAccount{"device", "70"}, StoreAccount{"user", "7"}});
  reopen();
  const Snapshot found = store_->snapshot();
  ASSERT_EQ(1u, found.rooms.size());
  EXPECT_EQ(state_at(4, 2), found.rooms[0].state);
  EXPECT_EQ("Birds", found.rooms[0].info.title);
  EXPECT_EQ(kDevice, found.device);
  EXPECT_EQ(9u, found.rooms_version);
  ASSERT_EQ(2u, found.outbox.size());
  EXPECT_EQ("one", found.outbox[0].send.body);
  EXPECT_EQ("two", found.outbox[1].send.body);
  EXPECT_EQ(Seq(4), found.outbox[0].after);
}

TEST_F(StoreTest, a_batch_that_fails_leaves_nothing_of_itself) {
  apply({StoreRoom{state_at(1)}});
  wire::Event bad = message(2, kAnn, std::string((1 << 20) + 1, 'x'));  // longer than a value may be
  EXPECT_THROW(store_->apply({{.ops = {StoreOutboxPut{waiting(1, "one"), Cseq(1), {}}}}, {.ops = {stored(bad)}}}),
               sqlite::SqliteError);
  reopen();
  EXPECT_TRUE(store_->snapshot().outbox.empty());
  EXPECT_EQ(state_at(1), store_->snapshot().rooms.at(0).state);
}

TEST_F(StoreTest, renumbering_replaces_the_entry_and_removal_ends_it) {
  apply({StoreRoom{state_at(0)}, StoreOutboxPut{waiting(1, "one"), Cseq(1), {}}});
  wire::Send again = waiting(1, "one");
  again.cseq = Cseq(6);
  again.renumbered = true;
  apply({StoreOutboxPut{again, Cseq(6), {}}});
  ASSERT_EQ(1u, store_->snapshot().outbox.size());
  EXPECT_EQ(Cseq(6), store_->snapshot().outbox[0].send.cseq);
  EXPECT_TRUE(store_->snapshot().outbox[0].send.renumbered);
  EXPECT_EQ(Cseq(6), store_->snapshot().rooms[0].state.last_cseq);
  apply({StoreOutboxRemove{again.client_msg_id, state_at(3, 6)}});
  EXPECT_TRUE(store_->snapshot().outbox.empty());
  EXPECT_EQ(Seq(3), store_->snapshot().rooms[0].state.floor);
}

TEST_F(StoreTest, a_forsaken_device_leaves_its_messages_as_orphans_and_its_counters_behind) {
  apply({StoreRoom{state_at(4, 3)}, StoreAccount{"device", "70"}, StoreOutboxPut{waiting(3, "mine"), Cseq(3), {}},
         ForsakeDevice{}});
  const Snapshot found = store_->snapshot();
  EXPECT_FALSE(found.device);
  EXPECT_EQ(Cseq(), found.rooms.at(0).state.last_cseq);
  EXPECT_EQ(Seq(4), found.rooms.at(0).state.cursor.seq);
  ASSERT_EQ(1u, found.outbox.size());
  EXPECT_TRUE(found.outbox[0].orphan);
  apply({DropOrphan{found.outbox[0].send.client_msg_id}});
  EXPECT_TRUE(store_->snapshot().outbox.empty());
}

TEST_F(StoreTest, marks_only_rise) {
  apply({StoreRoom{state_at(4)}, StoreMarks{.room = kRoom, .head = Seq(9), .read_seq = Seq(5), .read_msg_no = 4}});
  apply({StoreMarks{.room = kRoom, .head = Seq(7), .read_seq = Seq(3), .read_msg_no = 3}});
  const RoomRow room = store_->snapshot().rooms.at(0);
  EXPECT_EQ(Seq(9), room.head);
  EXPECT_EQ(Seq(5), room.read_seq);
  EXPECT_EQ(4u, room.read_msg_no);
}

TEST_F(StoreTest, drafts_keep_both_versions_and_an_empty_one_is_gone) {
  apply({StoreDraft{kRoom, {.text = "mine", .version = 3, .other_text = "theirs", .other_version = 2}}});
  reopen();
  EXPECT_EQ("mine", store_->draft(kRoom).text);
  EXPECT_EQ("theirs", store_->draft(kRoom).other_text);
  apply({StoreDraft{kRoom, {.version = 4}}});
  EXPECT_EQ(0u, store_->draft(kRoom).version);
}

TEST_F(StoreTest, refused_messages_stay_until_they_are_dismissed) {
  apply({StoreRefused{waiting(1, "no"), wire::SendStatus::Forbidden}});
  reopen();
  ASSERT_EQ(1u, store_->snapshot().refused.size());
  EXPECT_EQ(wire::SendStatus::Forbidden, store_->snapshot().refused[0].status);
  apply({DismissRefused{waiting(1, "").client_msg_id}});
  EXPECT_TRUE(store_->snapshot().refused.empty());
}

TEST_F(StoreTest, nobody_else_may_read_the_file) {
  apply({StoreAccount{"refresh_token", "secret"}});
  for (const char* suffix : {"", "-wal"}) {
    struct stat found{};
    ASSERT_EQ(0, ::stat((path() + suffix).c_str(), &found));
    EXPECT_EQ(0600u, found.st_mode & 0777u) << suffix;
  }
}

TEST_F(StoreTest, items_are_the_servers_word_and_what_is_wanted_beside_it) {
  using wire::ItemKind;
  const auto items = [&] {
    std::string out;
    for (const ItemRow& row : store_->snapshot().items)
      out += row.item.key + "=" + row.item.value + (row.wanted ? ">" + *row.wanted : "") + " ";
    return out;
  };
  const auto item = [](const char* key, const char* value, std::uint64_t version) {
    return wire::Item{.kind = ItemKind::Mute, .key = key, .value = value, .version = version};
  };
  apply({StoreItems{{.prev = 0, .version = 3, .items = {item("1", "always", 2), item("2", "always", 3)}}},
         StoreItem{{.item = item("2", "always", 3), .wanted = ""}},
         StoreItem{{.item = item("3", "", 0), .wanted = "x"}}});
  reopen();
  EXPECT_EQ("1=always 2=always> 3=>x ", items());
  EXPECT_EQ(3u, store_->snapshot().items_version);
  apply({StoreItems{{.prev = 3, .version = 5, .items = {item("1", "", 4), item("3", "y", 5)}}}});
  EXPECT_EQ("2=always> 3=y>x ", items());
  apply({StoreItem{{.item = item("3", "x", 6), .wanted = {}}}});
  apply({StoreItems{{.prev = 5, .version = 6, .items = {item("3", "y", 5)}}}});
  EXPECT_EQ("2=always> 3=x ", items()) << "an answer had told of a later one";
  apply({StoreItems{{.prev = 0, .version = 1, .items = {item("4", "always", 1)}}}});
  EXPECT_EQ("2=> 4=always ", items());
}

}  // namespace
}  // namespace starling::qt
