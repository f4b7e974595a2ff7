#include "server/store/sqlite/invite_rows.h"

#include "server/store/sqlite/digests.h"

namespace starling::store {

InviteRows::InviteRows(Connection& connection)
    : connection_(&connection),
      insert_(connection,
              "INSERT INTO server_invites (code_hash, by_user, created, expires, uses_left) VALUES (?, ?, ?, ?, ?)"),
      good_(connection, "SELECT 1 FROM server_invites WHERE code_hash = ? AND uses_left > 0 AND expires > ?"),
      spend_(
          connection,
          "UPDATE server_invites SET uses_left = uses_left - 1 WHERE code_hash = ? AND uses_left > 0 AND expires > ?"),
      revoke_(connection, "DELETE FROM server_invites WHERE invite_id = ?"),
      prune_(connection, "DELETE FROM server_invites WHERE expires < ?1 OR (uses_left = 0 AND created < ?1)") {}

ports::InviteId InviteRows::insert(const ports::CreateInvite& request) {
  insert_.run(blob_of(request.code), request.by, request.now, request.expires, request.uses);
  return ports::InviteId(static_cast<std::uint64_t>(sqlite3_last_insert_rowid(connection_->get())));
}

bool InviteRows::good(const ports::Digest& code, WallTime now) { return good_.query(blob_of(code), now).next(); }

bool InviteRows::spend(const ports::Digest& code, WallTime now) {
  spend_.run(blob_of(code), now);
  return changed(*connection_);
}

bool InviteRows::revoke(ports::InviteId invite) {
  revoke_.run(invite);
  return changed(*connection_);
}

void InviteRows::prune(WallTime before) { prune_.run(before); }

}  // namespace starling::store
