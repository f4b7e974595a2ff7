// Follows the log: from where the index ends in each room, oldest message first over all rooms, so that ids ascend with
// time also when the index is built anew.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/sqlite/sqlite.h"
#include "server/search/index_writer.h"
#include "server/search/log.h"

namespace starling::search {

/// Owner: one thread. Everything throws SqliteError of the index and LogFault of the log; the object is then of no more use,
/// a new one goes on where the last batch ended.
class Indexer {
 public:
  /// Opens the index or makes one; nobody else has it open meanwhile.
  Indexer(const std::string& index_path, std::unique_ptr<Log> log);

  /// There was none, or none of this format: it begins empty.
  bool renewed() const { return renewed_; }

  /// These rooms were committed to.
  void hint(std::span<const RoomId> rooms);
  /// Finds what hints did not tell: rooms that are behind, gone, or cut by retention. False: the log is not the one that
  /// was indexed; a new index is needed. `at_start`: before the first step.
  bool compare(bool at_start);
  /// One batch, one transaction. False when nothing is left to do.
  bool step();
  bool behind() const { return !rooms_.empty() || !cuts_.empty(); }
  std::uint64_t indexed() const { return indexed_; }

 private:
  struct Cut {
    IndexedRoom room;
    Seq min_seq;
    bool whole = false;
  };
  /// A room that is behind, as it will be after the next batch, and the events that come next, as far as they were read.
  struct Behind {
    IndexedRoom room;
    std::deque<LogEvent> ahead;
    bool all_read = false;  // there were no more
  };
  using Next = std::pair<WallTime, RoomId>;

  bool compare_page(std::span<const LogRoom> log, std::span<const IndexedRoom> indexed, bool at_start);
  void cut(const IndexedRoom& indexed, Seq min_seq, bool whole);
  void read_ahead();
  void take_next(IndexBatch& batch);
  static void take(LogEvent&& event, std::uint64_t room, IndexBatch& batch);

  std::unique_ptr<Log> log_;
  std::uint64_t history_;  // of the log, before there is an index of it
  bool renewed_ = false;
  sqlite::Connection connection_;
  IndexWriter writer_;
  std::unordered_map<RoomId, Behind> rooms_;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> next_;  // one entry for each of them: its next event
  std::size_t ahead_bytes_ = 0;                                        // of all that is ahead
  std::deque<Cut> cuts_;
  std::uint64_t indexed_ = 0;
};

}  // namespace starling::search
