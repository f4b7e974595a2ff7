#include "server/store/sqlite/account_reader.h"

#include <variant>

#include "server/store/account_words.h"
#include "server/store/sqlite/account_rows.h"

namespace starling::store {

using namespace ports;

AccountReader::AccountReader(Connection& connection)
    : by_user_(connection, "SELECT " STARLING_ACCOUNT_COLUMNS " FROM accounts WHERE user_id = ?"),
      by_handle_(connection, "SELECT " STARLING_ACCOUNT_COLUMNS " FROM accounts WHERE handle = ?"),
      by_prefix_(connection, "SELECT DISTINCT " STARLING_ACCOUNT_COLUMNS
                             " FROM accounts JOIN account_words AS w USING (user_id) "
                             "WHERE w.word >= ? AND w.word < ? AND NOT disabled ORDER BY handle LIMIT ?"),
      devices_(connection,
               "SELECT device_id, user_id, name, address, created, last_seen FROM devices WHERE user_id = ? AND "
               "revoked = 0 ORDER BY last_seen DESC, device_id"),
      blocks_(connection,
              "SELECT " STARLING_ACCOUNT_COLUMNS
              " FROM accounts WHERE user_id IN (SELECT blocked FROM blocks WHERE user_id = ?) ORDER BY handle"),
      invites_(connection,
               "SELECT invite_id, by_user, created, expires, uses_left FROM server_invites ORDER BY invite_id DESC "
               "LIMIT 1000"),
      revoked_(connection, "SELECT device_id, revoked FROM devices WHERE revoked <> 0 AND revoked >= ?"),
      page_(connection, "SELECT " STARLING_ACCOUNT_COLUMNS " FROM accounts WHERE user_id > ? ORDER BY user_id LIMIT ?"),
      any_(connection, "SELECT 1 FROM accounts LIMIT 1") {}

AccountResult AccountReader::read(const AccountRead& request) {
  return std::visit([this](const auto& each) { return on(each); }, request);
}

AccountResult AccountReader::on(const FindAccount& request) {
  AccountFound found;
  Rows rows = request.user ? by_user_.query(request.user) : by_handle_.query(request.handle);
  if (rows.next()) found.account = account_of(rows);
  return found;
}

AccountResult AccountReader::on(const FindProfiles& request) {
  ProfilesFound found;
  for (const UserId user : request.users) {
    Rows rows = by_user_.query(user);
    if (rows.next()) found.profiles.push_back(account_of(rows).profile);
  }
  if (!request.users.empty()) return found;
  const std::string from = folded(request.prefix);
  const std::string to = from + "\xF4\x8F\xBF\xBF";  // above any text that begins with it
  Rows rows = by_prefix_.query(from, to, request.limit);
  while (rows.next()) found.profiles.push_back(account_of(rows).profile);
  return found;
}

AccountResult AccountReader::on(const ListDevices& request) {
  DevicesListed listed;
  Rows rows = devices_.query(request.user);
  while (rows.next()) {
    listed.devices.push_back({.device = rows.as<DeviceId>(0),
                              .user = rows.as<UserId>(1),
                              .name = std::string(rows.bytes(2)),
                              .address = std::string(rows.bytes(3)),
                              .created = wall_from_ms(rows.i64(4)),
                              .last_seen = wall_from_ms(rows.i64(5))});
  }
  return listed;
}

AccountResult AccountReader::on(const ListBlocks& request) {
  ProfilesFound found;
  Rows rows = blocks_.query(request.user);
  while (rows.next()) found.profiles.push_back(account_of(rows).profile);
  return found;
}

AccountResult AccountReader::on(const ListInvites&) {
  InvitesListed listed;
  Rows rows = invites_.query();
  while (rows.next()) {
    listed.invites.push_back({.invite = rows.as<InviteId>(0),
                              .by = rows.as<UserId>(1),
                              .created = wall_from_ms(rows.i64(2)),
                              .expires = wall_from_ms(rows.i64(3)),
                              .uses_left = static_cast<std::uint32_t>(rows.u64(4))});
  }
  return listed;
}

AccountResult AccountReader::on(const ListRevoked& request) {
  DevicesRevoked revoked;
  Rows rows = revoked_.query(request.since);
  while (rows.next()) {
    revoked.devices.push_back({.device = rows.as<DeviceId>(0), .revoked = wall_from_ms(rows.i64(1))});
  }
  return revoked;
}

AccountResult AccountReader::on(const ListAccounts& request) {
  AccountsListed listed;
  Rows rows = page_.query(request.after, request.limit);
  while (rows.next()) listed.accounts.push_back(account_of(rows));
  return listed;
}

AccountResult AccountReader::on(const AnyAccount&) { return ChangeDone{any_.query().next()}; }

}  // namespace starling::store
