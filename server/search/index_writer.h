// Writes batches: the documents, their tokens and the rooms' cursors in one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/sqlite/sqlite.h"
#include "server/search/index_batch.h"

namespace starling::search {

/// Owner: the indexer's thread. Throws SqliteError; then nothing of the batch has happened.
class IndexWriter {
 public:
  explicit IndexWriter(sqlite::Connection& connection);

  /// Of the log that is indexed, as Log::history() says it.
  std::uint64_t history();
  void put_history(std::uint64_t history) { put_history_.run(history); }
  /// In order, both included.
  std::vector<IndexedRoom> rooms(RoomId first, RoomId last);
  std::optional<IndexedRoom> room(RoomId room);
  /// Of a room that has none yet; `apply` makes it one.
  std::uint64_t next_number() { return next_number_++; }

  void apply(const IndexBatch& batch);
  void put_epoch(std::uint64_t room, Epoch epoch) { put_epoch_.run(epoch, room); }
  /// Documents of a room below `min_seq`, some of them. False: there were none left; with `whole` the room is gone too.
  bool cut(const IndexedRoom& room, Seq min_seq, bool whole);

 private:
  struct OldDoc {
    std::uint64_t id = 0;
    std::uint64_t room = 0;
    std::uint64_t sender = 0;
    std::string text;
    const std::optional<std::string>* new_text = nullptr;
  };

  void write(const IndexBatch& batch);
  void change(const IndexBatch& batch);
  void add(const NewDoc& doc, std::uint64_t id);
  void remove(const OldDoc& doc);
  void count(std::uint64_t room, std::int64_t docs);

  sqlite::Connection* connection_;
  sqlite::Statement begin_;
  sqlite::Statement commit_;
  sqlite::Statement history_;
  sqlite::Statement put_history_;
  sqlite::Statement rooms_;
  sqlite::Statement room_;
  sqlite::Statement put_room_;
  sqlite::Statement cut_room_;
  sqlite::Statement put_epoch_;
  sqlite::Statement count_;
  sqlite::Statement drop_room_;
  sqlite::Statement doc_;
  sqlite::Statement docs_below_;
  sqlite::Statement put_doc_;
  sqlite::Statement put_text_;
  sqlite::Statement drop_doc_;
  sqlite::Statement put_grams_;
  sqlite::Statement drop_grams_;
  sqlite::Statement put_hour_;
  sqlite::Statement next_id_;
  std::uint64_t next_number_;
};

}  // namespace starling::search
