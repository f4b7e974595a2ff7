// A read transaction that is given back in time: whoever reads long lets the checkpointer pass between two steps.
#pragma once

#include <chrono>

#include "server/store/sqlite/limits.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: a reader's thread.
class Snapshot {
 public:
  /// `max`: how old it may become. Whoever needs one state of the whole database gives more, and keeps the WAL from being
  /// cut meanwhile.
  explicit Snapshot(Connection& connection, std::chrono::milliseconds max = limits::kSnapshotMax);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

  /// Between two statements: takes a newer snapshot when this one is old. The log only grows, so a reader that keeps to
  /// the head it began with sees one log.
  void breathe();

 private:
  void begin();

  Connection* connection_;
  std::chrono::milliseconds max_;
  std::chrono::steady_clock::time_point taken_;
};

}  // namespace starling::store
