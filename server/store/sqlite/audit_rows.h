// The audit log's rows.
#pragma once

#include "server/ports/accounts.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class AuditRows {
 public:
  explicit AuditRows(Connection& connection);
  void add(const ports::AuditEntry& entry);
  void prune(WallTime before);

 private:
  Statement insert_;
  Statement prune_;
};

}  // namespace starling::store
