// Invitations to the server, inside the writer's transaction.
#pragma once

#include "server/ports/accounts.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class InviteRows {
 public:
  explicit InviteRows(Connection& connection);

  ports::InviteId insert(const ports::CreateInvite& request);
  /// Is there a use left, in its time?
  bool good(const ports::Digest& code, WallTime now);
  /// Spends one use; false when there is none left, or its time is over.
  bool spend(const ports::Digest& code, WallTime now);
  bool revoke(ports::InviteId invite);
  void prune(WallTime before);

 private:
  Connection* connection_;
  Statement insert_;
  Statement good_;
  Statement spend_;
  Statement revoke_;
  Statement prune_;
};

}  // namespace starling::store
