// What one transaction of the index changes, gathered in memory so that it is written in the order of ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::search {

/// A room as the index knows it.
struct IndexedRoom {
  std::uint64_t number = 0;
  RoomId room;
  Epoch epoch;
  Seq indexed_seq;
  Seq min_seq;
  std::uint64_t docs = 0;
};

struct NewDoc {
  std::uint64_t room = 0;  // number
  Seq seq;
  UserId sender;
  WallTime ts;
  std::string text;  // folded
  bool removed = false;
};

/// Owner: the indexer's thread.
class IndexBatch {
 public:
  void add(NewDoc doc);
  /// A later text of a message, added here or long ago.
  void replace(std::uint64_t room, Seq seq, std::string text);
  void remove(std::uint64_t room, Seq seq);
  /// The room's row after this batch, but for its count of documents.
  void move(const IndexedRoom& room) { rooms_[room.number] = room; }

  std::size_t changes() const { return added_.size() + changed_.size(); }
  std::size_t bytes() const { return bytes_; }
  bool empty() const { return changes() == 0 && rooms_.empty(); }

  using Place = std::pair<std::uint64_t, std::uint64_t>;  // room's number and seq
  const std::vector<NewDoc>& added() const { return added_; }
  /// Of documents that were there before; no text: it goes.
  const std::map<Place, std::optional<std::string>>& changed() const { return changed_; }
  const std::map<std::uint64_t, IndexedRoom>& rooms() const { return rooms_; }

 private:
  NewDoc* added_here(std::uint64_t room, Seq seq);

  std::vector<NewDoc> added_;
  std::map<Place, std::size_t> places_;  // of added_
  std::map<Place, std::optional<std::string>> changed_;
  std::map<std::uint64_t, IndexedRoom> rooms_;
  std::size_t bytes_ = 0;
};

}  // namespace starling::search
