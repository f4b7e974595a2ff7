#include "server/store/snapshot.h"

#include "server/store/limits.h"

namespace starling::store {

Snapshot::Snapshot(Connection& connection) : connection_(&connection) { begin(); }

Snapshot::~Snapshot() { connection_->rollback(); }

void Snapshot::begin() {
  connection_->exec("BEGIN");
  taken_ = std::chrono::steady_clock::now();
}

void Snapshot::breathe() {
  if (std::chrono::steady_clock::now() - taken_ < limits::kSnapshotMax) return;
  connection_->exec("COMMIT");
  begin();
}

}  // namespace starling::store
