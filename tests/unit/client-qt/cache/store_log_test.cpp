// The log, its holes, and what became of its messages.
#include <gtest/gtest.h>

#include <QTemporaryDir>

#include "client-qt/cache/store.h"
#include "tests/unit/client-qt/support/log.h"

namespace starling::qt {
namespace {

using namespace testing;
using wire::EventKind;

class StoreLogTest : public ::testing::Test {
 protected:
  StoreLogTest() { apply({StoreAccount{"user", "7"}, StoreRoom{state_at(0)}}); }
  void apply(std::vector<CacheOp> ops) { store_.apply({{.ops = std::move(ops)}}); }
  void push(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t seq = first; seq <= last; ++seq) apply({stored(message(seq, kAnn, "m" + std::to_string(seq)))});
  }
  void jump(std::uint64_t to, bool other_history = false) {
    apply({StoreJump{kRoom, Seq(to), other_history}, StoreRoom{state_at(to)}});
  }
  static std::vector<std::uint64_t> seqs(const LogSlice& slice) {
    std::vector<std::uint64_t> out;
    for (const wire::Event& event : slice.events) out.push_back(event.seq.value);
    return out;
  }
  using Seqs = std::vector<std::uint64_t>;

  QTemporaryDir dir_;
  Store store_{dir_.filePath("a.db").toStdString()};
};

TEST_F(StoreLogTest, the_newest_run_is_read_backwards_in_pages) {
  push(1, 10);
  EXPECT_EQ((Seqs{8, 9, 10}), seqs(store_.older(kRoom, {}, 3)));
  EXPECT_EQ((Seqs{5, 6, 7}), seqs(store_.older(kRoom, Seq(8), 3)));
  EXPECT_EQ((Seqs{1}), seqs(store_.older(kRoom, Seq(2), 3)));
  EXPECT_EQ((Seqs{}), seqs(store_.older(kRoom, Seq(1), 3)));
  EXPECT_EQ((Seqs{5, 6}), seqs(store_.newer(kRoom, Seq(4), 2)));
}

TEST_F(StoreLogTest, what_lies_below_a_hole_is_not_given_until_pages_close_it) {
  push(1, 5);
  jump(20);
  push(21, 23);
  EXPECT_EQ((Seqs{21, 22, 23}), seqs(store_.older(kRoom, {}, 10)));
  EXPECT_EQ((Seqs{}), seqs(store_.older(kRoom, Seq(21), 10)));
  StorePage page{.room = kRoom};
  for (std::uint64_t seq = 6; seq <= 20; ++seq) page.events.push_back(message(seq, kAnn, "p"));
  apply({page});
  EXPECT_EQ(20u, seqs(store_.older(kRoom, Seq(21), 50)).size());
}

TEST_F(StoreLogTest, a_page_that_does_not_reach_the_run_leaves_the_hole) {
  push(1, 2);
  jump(20);
  push(21, 21);
  apply({StorePage{.room = kRoom, .events = {message(18, kAnn, "p")}}});
  EXPECT_EQ((Seqs{21}), seqs(store_.older(kRoom, {}, 10)));
}

TEST_F(StoreLogTest, another_history_takes_the_log_with_it) {
  push(1, 5);
  jump(3, true);
  EXPECT_EQ((Seqs{}), seqs(store_.older(kRoom, {}, 10)));
  push(4, 4);
  EXPECT_EQ((Seqs{4}), seqs(store_.older(kRoom, {}, 10)));
}

TEST_F(StoreLogTest, a_jump_to_where_the_cursor_is_keeps_the_run) {
  push(1, 3);
  jump(3);
  EXPECT_EQ((Seqs{1, 2, 3}), seqs(store_.older(kRoom, {}, 10)));
}

TEST_F(StoreLogTest, a_slice_comes_with_what_later_events_did_to_it) {
  push(1, 3);
  apply({stored(change(4, EventKind::Edit, kAnn, 1, "edited"))});
  apply({stored(change(5, EventKind::ReactionAdd, kBo, 2, "+"))});
  const LogSlice slice = store_.older(kRoom, Seq(3), 10);
  EXPECT_EQ((Seqs{1, 2}), seqs(slice));
  ASSERT_EQ(2u, slice.related.size());
  EXPECT_EQ("edited", slice.related[0].body);
}

TEST_F(StoreLogTest, a_deletion_takes_the_text_and_its_edits_off_the_disk) {
  push(1, 1);
  apply({stored(change(2, EventKind::Edit, kAnn, 1, "secret"))});
  apply({stored(change(3, EventKind::Delete, kAnn, 1))});
  EXPECT_EQ("", store_.event(kRoom, Seq(1))->body);
  EXPECT_EQ("", store_.event(kRoom, Seq(2))->body);
  EXPECT_TRUE(store_.message(kRoom, Seq(1))->deleted);
}

TEST_F(StoreLogTest, the_preview_is_the_newest_message_as_it_reads_now) {
  push(1, 2);
  apply({stored(change(3, EventKind::Edit, kAnn, 2, "better"))});
  EXPECT_EQ("better", store_.snapshot().rooms.at(0).preview.text);
}

TEST_F(StoreLogTest, only_unread_mentions_of_this_user_count) {
  apply({stored(message(1, kAnn, "hi <@7>")), stored(message(2, kAnn, "<@70> is another")),
         stored(message(3, kAnn, "all: <@room>")), stored(message(4, kMe, "<@7> said I"))});
  EXPECT_EQ(2u, store_.unread_mentions(kRoom));
  apply({StoreMarks{.room = kRoom, .read_seq = Seq(2)}});
  EXPECT_EQ(1u, store_.unread_mentions(kRoom));
}

TEST_F(StoreLogTest, the_log_is_asked_whether_it_holds_a_message) {
  push(1, 3);
  EXPECT_TRUE(store_.holds(kRoom, kAnn, ClientMsgId(2000), Seq(1)));
  EXPECT_FALSE(store_.holds(kRoom, kAnn, ClientMsgId(2000), Seq(2)));
  EXPECT_FALSE(store_.holds(kRoom, kBo, ClientMsgId(2000), {}));
}

}  // namespace
}  // namespace starling::qt
