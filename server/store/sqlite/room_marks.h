// Small facts beside the log, inside the writer's transaction: read marks, checkpoints of the fold, epochs.
#pragma once

#include "server/ports/store.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the writer's thread.
class RoomMarks {
 public:
  explicit RoomMarks(Connection& connection);

  void put(const ports::PutReadMarks& request);
  /// A checkpoint of another epoch, beyond the head or behind the newest one changes nothing.
  void put(const ports::PutCheckpoint& request);
  ports::EpochRaised raise(const ports::RaiseEpoch& request);

 private:
  Statement read_;
  Statement checkpoint_;
  Statement raise_;
  Statement epoch_;
};

}  // namespace starling::store
