// A read transaction that is given back in time: whoever reads long lets the checkpointer pass between two steps.
#pragma once

#include <chrono>

#include "server/store/sqlite.h"

namespace starling::store {

/// Owner: a reader's thread.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

  /// Between two statements: takes a newer snapshot when this one is old. The log only grows, so a reader that keeps to
  /// the head it began with sees one log.
  void breathe();

 private:
  void begin();

  Connection* connection_;
  std::chrono::steady_clock::time_point taken_;
};

}  // namespace starling::store
