#include "server/store/sqlite/device_rows.h"

#include "common/base/mutant.h"
#include "server/store/sqlite/digests.h"

namespace starling::store {

DeviceRows::DeviceRows(Connection& connection)
    : insert_(connection,
              "INSERT INTO devices (device_id, user_id, name, address, created, last_seen, family, refresh_hash, "
              "rotated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?5)"),
      chain_(connection,
             "SELECT d.user_id, d.device_id, a.handle, d.refresh_hash, d.previous_hash, d.next_sealed, d.rotated "
             "FROM devices AS d JOIN accounts AS a USING (user_id) "
             "WHERE d.family = ? AND d.revoked = 0 AND NOT a.disabled"),
      advance_(connection,
               "UPDATE devices SET previous_hash = refresh_hash, refresh_hash = ?2, next_sealed = ?3, rotated = ?4, "
               "last_seen = ?4, address = ?5 WHERE device_id = ?1"),
      replace_(connection,
               "UPDATE devices SET refresh_hash = ?2, next_sealed = ?3, rotated = ?4, last_seen = ?4, address = ?5 "
               "WHERE device_id = ?1"),
      live_(connection,
            "SELECT device_id FROM devices WHERE user_id = ? AND revoked = 0 ORDER BY last_seen DESC, device_id"),
      revoke_(connection, "UPDATE devices SET revoked = ? WHERE device_id = ?"),
      prune_(connection, "DELETE FROM devices WHERE revoked <> 0 AND revoked < ?") {}

void DeviceRows::insert(const ports::NewDevice& added) {
  const ports::AccountDevice& d = added.device;
  insert_.run(d.device, d.user, d.name, d.address, d.created, d.last_seen, blob_of(added.family),
              blob_of(added.refresh));
}

std::vector<ports::RevokedDevice> DeviceRows::trim(UserId user, DeviceId newest, std::uint32_t most, WallTime now) {
  std::vector<ports::RevokedDevice> fallen;
  {
    std::uint32_t kept = 1;
    Rows rows = live_.query(user);
    while (rows.next()) {
      const auto device = rows.as<DeviceId>(0);
      if (device != newest && ++kept > most) fallen.push_back({.device = device, .revoked = now});
    }
  }
  mark(fallen);
  return fallen;
}

std::optional<DeviceRows::Chain> DeviceRows::chain(const ports::FamilyId& family) {
  Rows rows = chain_.query(blob_of(family));
  if (!rows.next()) return std::nullopt;
  return Chain{
      .answer = {.user = rows.as<UserId>(0), .device = rows.as<DeviceId>(1), .handle = std::string(rows.bytes(2))},
      .current = std::string(rows.bytes(3)),
      .previous = std::string(rows.bytes(4)),
      .sealed = std::string(rows.bytes(5)),
      .rotated = wall_from_ms(rows.i64(6))};
}

ports::RefreshRotated DeviceRows::rotate(const ports::RotateRefresh& request) {
  auto found = chain(request.family);
  if (!found) return {};
  ports::RefreshRotated& answer = found->answer;
  if (same(found->current, request.presented) || mutant(Mutant::RefreshTwice)) {
    advance_.run(answer.device, blob_of(request.next), Blob{request.next_sealed}, request.now, request.address);
    answer.rotation = ports::Rotation::Rotated;
  } else if (!same(found->previous, request.presented)) {
    mark({{.device = answer.device, .revoked = request.now}});
    answer.rotation = ports::Rotation::Reused;
  } else if (request.now < found->rotated + ports::kRefreshRepeat) {
    answer.rotation = ports::Rotation::Repeated;
    answer.sealed = std::move(found->sealed);
  } else {
    // Its successor was never used, so its answer may never have arrived. Who has it after all is found out by using it.
    replace_.run(answer.device, blob_of(request.next), Blob{request.next_sealed}, request.now, request.address);
    answer.rotation = ports::Rotation::Rotated;
  }
  return answer;
}

std::vector<ports::RevokedDevice> DeviceRows::revoke(UserId user, DeviceId device, DeviceId except, WallTime now) {
  std::vector<ports::RevokedDevice> revoked;
  {
    Rows rows = live_.query(user);
    while (rows.next()) {
      const auto each = rows.as<DeviceId>(0);
      if (device ? each == device : each != except) revoked.push_back({.device = each, .revoked = now});
    }
  }
  mark(revoked);
  return revoked;
}

void DeviceRows::mark(const std::vector<ports::RevokedDevice>& devices) {
  for (const ports::RevokedDevice& each : devices) revoke_.run(each.revoked, each.device);
}

void DeviceRows::prune(WallTime before) { prune_.run(before); }

}  // namespace starling::store
