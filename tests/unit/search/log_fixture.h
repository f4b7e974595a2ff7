// A log, and the index over it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/search/finder.h"
#include "server/search/indexer.h"
#include "tests/unit/search/log_bed.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::search {

inline constexpr RoomId kRoom{5};
inline constexpr UserId kAnn{1};
inline constexpr UserId kBob{2};

class LogTest : public testing::Test {
 protected:
  std::string index_path() const { return folder_.file("search.db"); }
  std::unique_ptr<Log> log() const { return bed_->logs()(); }

  void room(RoomId room, const std::vector<UserId>& users) { bed_->make_room(room, users, ms_); }
  Seq append(wire::EventKind kind, RoomId room, UserId user, std::string_view body, Seq target = {}) {
    ms_ += 1000;
    return bed_->append({.kind = kind, .room = room, .user = user, .target = target, .body = body, .ms = ms_});
  }
  Seq say(std::string_view text, RoomId where = kRoom, UserId user = kAnn) {
    return append(wire::EventKind::Message, where, user, text);
  }
  void edit(Seq message, std::string_view text) { append(wire::EventKind::Edit, kRoom, kAnn, text, message); }
  void erase(Seq message) {
    append(wire::EventKind::Delete, kRoom, kAnn, "", message);
    bed_->erase_texts_of(kRoom, message);
  }
  void kick(RoomId room, UserId user) { bed_->remove(room, user); }
  void sql(const char* statement) { bed_->sql(statement); }

  /// Brings the index up to the log; the indexer is a new one each time, as after a crash.
  void index() {
    Indexer indexer(index_path(), log());
    ASSERT_TRUE(indexer.compare(true));
    while (indexer.step()) {
    }
  }

  Result<SearchPage, SearchError> find(const SearchQuery& query) { return Finder(index_path(), log()).find(query); }
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

  store::TempDatabase folder_;
  std::unique_ptr<LogBed> bed_ = make_log_bed();
  std::int64_t ms_ = 1'700'000'000'000;
};

}  // namespace starling::search
