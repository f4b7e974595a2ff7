#include "server/store/sqlite/snapshot.h"

namespace starling::store {

Snapshot::Snapshot(Connection& connection, std::chrono::milliseconds max) : connection_(&connection), max_(max) {
  begin();
}

Snapshot::~Snapshot() { connection_->rollback(); }

void Snapshot::begin() {
  connection_->exec("BEGIN");
  taken_ = std::chrono::steady_clock::now();
}

void Snapshot::breathe() {
  if (std::chrono::steady_clock::now() - taken_ < max_) return;
  connection_->exec("COMMIT");
  begin();
}

}  // namespace starling::store
