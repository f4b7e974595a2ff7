// Reads of a room's log: pages, tails and folds.
#pragma once

#include <vector>

#include "server/ports/store.h"
#include "server/store/sqlite/snapshot.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// A room's row, as readers need it.
struct RoomRow {
  bool exists = false;
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title;
  Epoch epoch;
  Seq head;
  std::uint64_t msg_no = 0;
  Seq min_seq{1};
  WallTime last_ts;
  bool history_joined = false;
};

struct Checkpoint {
  Seq seq;
  PrefixHash hash;
};

/// Owner: the thread of the connection.
class LogReader {
 public:
  explicit LogReader(Connection& connection);

  RoomRow room(RoomId room);
  /// The newest one at or below `seq`; that of the empty log when there is none.
  Checkpoint checkpoint(RoomId room, Seq seq);
  /// (after, to], ascending.
  std::vector<wire::Event> events(RoomId room, Seq from, Seq to, Snapshot& snapshot);
  /// The fold of the log up to `seq`.
  PrefixHash fold_to(RoomId room, Seq seq, Snapshot& snapshot);

  ports::PageRead page(const ports::ReadPage& request);
  ports::RoomLoaded load(const ports::LoadRoom& request);
  ports::DeviceRead device(const ports::ReadDevice& request);

 private:
  std::vector<wire::Event> page_events(const ports::ReadPage& request, const RoomRow& row);
  void add_related(const ports::ReadPage& request, ports::PageRead& page);

  Connection* connection_;
  Statement room_;
  Statement checkpoint_;
  Statement forward_;
  Statement backward_;
  Statement related_;
  Statement members_;
  Statement device_;
};

}  // namespace starling::store
