#include "server/store/sqlite/raise_epochs.h"

#include <cstdint>

namespace starling::store {
namespace {

/// What an unreadable database may have used beyond its backup: more restores and forks than anybody lives through.
constexpr std::int64_t kBlindStep = 256;
/// Changes of a user's room list are common; versions are 64 bits wide.
constexpr std::int64_t kBlindVersions = std::int64_t{1} << 20;

void raise_all(Connection& restored, std::int64_t epochs, std::int64_t versions) {
  Statement(restored, "UPDATE rooms SET epoch = epoch + ?").run(epochs);
  Statement(restored, "UPDATE users SET rooms_version = rooms_version + ?").run(versions);
  // Whatever devices have seen since: their versions are none of these any more.
  restored.exec("UPDATE users SET items_version = (items_version >> 32 << 32) + (1 << 32) WHERE items_version <> 0");
}

/// Rooms and users that only the old database has need nothing but the users' versions: such a room is gone.
void raise_above(Connection& restored, Connection& old) {
  Statement rooms(old, "SELECT room_id, epoch FROM rooms");
  Statement room(restored, "UPDATE rooms SET epoch = max(epoch, ?2 + 1) WHERE room_id = ?1");
  for (Rows rows = rooms.query(); rows.next();) room.run(rows.i64(0), rows.i64(1));
  Statement users(old, "SELECT user_id, rooms_version, items_version FROM users");
  Statement user(restored,
                 "INSERT INTO users (user_id, rooms_version, items_version) "
                 "VALUES (?1, ?2 + 1, iif(?3 = 0, 0, (?3 >> 32 << 32) + (1 << 32))) "
                 "ON CONFLICT DO UPDATE SET rooms_version = max(rooms_version, excluded.rooms_version), "
                 "items_version = max(items_version, excluded.items_version)");
  for (Rows rows = users.query(); rows.next();) user.run(rows.i64(0), rows.i64(1), rows.i64(2));
}

}  // namespace

void raise_epochs(Connection& restored, const OldDatabase& old) {
  restored.exec("BEGIN IMMEDIATE");
  raise_all(restored, old.unreadable ? kBlindStep : 1, old.unreadable ? kBlindVersions : 1);
  if (old.connection != nullptr) raise_above(restored, *old.connection);
  restored.exec("COMMIT");
}

}  // namespace starling::store
