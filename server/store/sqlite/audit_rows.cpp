#include "server/store/sqlite/audit_rows.h"

namespace starling::store {

AuditRows::AuditRows(Connection& connection)
    : insert_(connection,
              "INSERT INTO audit (at, kind, user_id, device_id, by_user, address) VALUES (?, ?, ?, ?, ?, ?)"),
      prune_(connection, "DELETE FROM audit WHERE at < ?") {}

void AuditRows::add(const ports::AuditEntry& entry) {
  insert_.run(entry.at, entry.kind, entry.user, entry.device, entry.by, entry.address);
}

void AuditRows::prune(WallTime before) { prune_.run(before); }

}  // namespace starling::store
