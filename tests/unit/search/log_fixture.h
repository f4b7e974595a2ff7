// A log written by the store's own rows, and the index over it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "server/search/finder.h"
#include "server/search/indexer.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/member_rows.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/room_create.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::search {

inline constexpr RoomId kRoom{5};
inline constexpr UserId kAnn{1};
inline constexpr UserId kBob{2};

class LogTest : public testing::Test {
 protected:
  LogTest() {
    EXPECT_TRUE(store::migrate(log_path()).has_value());
    connection_.emplace(store::Connection::Options{.path = log_path(), .busy_timeout_ms = 1000});
    store::make_durable(*connection_);
    connection_->exec("PRAGMA synchronous = OFF");
    events_.emplace(*connection_);
    members_.emplace(*connection_);
  }

  std::string log_path() const { return database_.path(); }
  std::string index_path() const { return database_.file("search.db"); }

  void room(RoomId room, const std::vector<UserId>& users) {
    store::RoomCreate(*connection_).make({.room = room, .title = "t", .now = wall_from_ms(ms_)}, users);
  }
  Seq append(wire::EventKind kind, RoomId room, UserId user, std::string_view body, Seq target = {}) {
    const std::string where = " FROM rooms WHERE room_id = " + std::to_string(static_cast<std::int64_t>(room.value));
    const Seq seq(static_cast<std::uint64_t>(connection_->number(("SELECT head + 1" + where).c_str())));
    ms_ += 1000;
    events_->insert({.room = room,
                     .epoch = Epoch(1),
                     .seq = seq,
                     .kind = kind,
                     .sender = user,
                     .device = DeviceId(user.value),
                     .cseq = Cseq(static_cast<std::uint32_t>(seq.value)),
                     .client_msg_id = ClientMsgId(seq.value),
                     .ts = wall_from_ms(ms_),
                     .target = target},
                    body);
    store::Statement head(*connection_, "UPDATE rooms SET head = ?, last_ts = ? WHERE room_id = ?");
    head.run(seq, ms_, room);
    return seq;
  }
  Seq say(std::string_view text, RoomId where = kRoom, UserId user = kAnn) {
    return append(wire::EventKind::Message, where, user, text);
  }
  void edit(Seq message, std::string_view text) { append(wire::EventKind::Edit, kRoom, kAnn, text, message); }
  void erase(Seq message) {
    append(wire::EventKind::Delete, kRoom, kAnn, "", message);
    events_->erase_texts_of(kRoom, message);
  }
  void kick(RoomId room, UserId user) {
    const ports::Standing before = members_->standing(room, user);
    members_->put({.room = room, .user = user, .by = kAnn, .seq = Seq(1000), .before = before, .after = {}});
  }
  void sql(const char* statement) { connection_->exec(statement); }

  /// Brings the index up to the log; the indexer is a new one each time, as after a crash.
  void index() {
    Indexer indexer(log_path(), index_path());
    ASSERT_TRUE(indexer.compare(true));
    while (indexer.step()) {
    }
  }

  Result<SearchPage, SearchError> find(const SearchQuery& query) {
    return Finder(index_path(), log_path()).find(query);
  }
  std::vector<std::string> found(const std::string& text, UserId user = kAnn) {
    return found({.user = user, .text = text});
  }
  std::vector<std::string> found(const SearchQuery& query) {
    std::vector<std::string> texts;
    const auto page = find(query);
    EXPECT_TRUE(page.has_value());
    if (!page) return texts;
    for (const SearchHit& hit : page->hits) texts.push_back(hit.text);
    return texts;
  }
  std::int64_t indexed(const char* what) { return store::TempDatabase::number(index_path(), what); }

  store::TempDatabase database_;
  std::optional<store::Connection> connection_;
  std::optional<store::EventRows> events_;
  std::optional<store::MemberRows> members_;
  std::int64_t ms_ = 1'700'000'000'000;
};

}  // namespace starling::search
