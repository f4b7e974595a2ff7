#include "server/store/postgres/account_reads.h"

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "server/store/account_words.h"

namespace starling::postgres {
namespace {

using namespace ports;

#define STARLING_PG_ACCOUNT_COLUMNS                                                                     \
  "user_id, handle, display_name, avatar_color, status_text, password_hash, admin, disabled, created, " \
  "totp_sealed, totp_on, totp_step"

constexpr Statement kByUser{"account_by_user",
                            "SELECT " STARLING_PG_ACCOUNT_COLUMNS " FROM accounts WHERE user_id = $1"};
constexpr Statement kByHandle{"account_by_handle",
                              "SELECT " STARLING_PG_ACCOUNT_COLUMNS " FROM accounts WHERE handle = $1"};
constexpr Statement kByUsers{"accounts_by_users",
                             "SELECT " STARLING_PG_ACCOUNT_COLUMNS " FROM accounts WHERE user_id = ANY ($1::bigint[])"};
constexpr Statement kByPrefix{
    "accounts_by_prefix",
    "SELECT " STARLING_PG_ACCOUNT_COLUMNS
    " FROM accounts WHERE user_id IN (SELECT user_id FROM account_words WHERE word >= $1 AND word < $2) "
    "AND NOT disabled ORDER BY handle LIMIT $3"};
constexpr Statement kDevices{"account_devices",
                             "SELECT device_id, user_id, name, address, created, last_seen FROM devices "
                             "WHERE user_id = $1 AND revoked = 0 ORDER BY last_seen DESC, device_id"};
constexpr Statement kBlocks{"account_blocks",
                            "SELECT " STARLING_PG_ACCOUNT_COLUMNS
                            " FROM accounts WHERE user_id IN (SELECT blocked FROM blocks WHERE user_id = $1) "
                            "ORDER BY handle"};
constexpr Statement kInvites{"server_invites",
                             "SELECT invite_id, by_user, created, expires, uses_left FROM server_invites "
                             "ORDER BY invite_id DESC LIMIT 1000"};
constexpr Statement kRevoked{"revoked_devices",
                             "SELECT device_id, revoked FROM devices WHERE revoked <> 0 AND revoked >= $1"};
constexpr Statement kPage{"accounts_page", "SELECT " STARLING_PG_ACCOUNT_COLUMNS
                                           " FROM accounts WHERE user_id > $1 ORDER BY user_id LIMIT $2"};
constexpr Statement kAny{"any_account", "SELECT 1 FROM accounts LIMIT 1"};

Account account_at(const Rows& rows, int row) {
  return {.profile = {.user = rows.as<UserId>(row, 0),
                      .handle = std::string(rows.bytes(row, 1)),
                      .display_name = std::string(rows.bytes(row, 2)),
                      .avatar_color = std::string(rows.bytes(row, 3)),
                      .status_text = std::string(rows.bytes(row, 4))},
          .password_hash = std::string(rows.bytes(row, 5)),
          .admin = rows.flag(row, 6),
          .disabled = rows.flag(row, 7),
          .created = rows.as<WallTime>(row, 8),
          .totp_sealed = std::string(rows.bytes(row, 9)),
          .totp_on = rows.flag(row, 10),
          .totp_step = rows.u64(row, 11)};
}
ProfilesFound profiles_of(const Rows& rows) {
  ProfilesFound found;
  for (int row = 0; row < rows.count(); ++row) found.profiles.push_back(account_at(rows, row).profile);
  return found;
}

Call call(const FindAccount& request) {
  if (request.user) return find_account(request.user);
  return {&kByHandle, Params().add_bytes(request.handle)};
}
AccountResult result(const FindAccount&, const Rows& rows) { return AccountFound{account_of(rows)}; }

Call call(const FindProfiles& request) {
  if (!request.users.empty()) {
    std::vector<std::int64_t> users;
    for (const UserId user : request.users) users.push_back(bigint_of(user));
    return {&kByUsers, Params().add_array(users)};
  }
  const std::string from = store::folded(request.prefix);
  const std::string to = from + "\xF4\x8F\xBF\xBF";  // above any text that begins with it
  return {&kByPrefix, Params().add_bytes(from).add_bytes(to).add(request.limit)};
}
AccountResult result(const FindProfiles& request, const Rows& rows) {
  ProfilesFound found = profiles_of(rows);
  if (request.users.empty()) return found;
  // In the order in which they were asked for.
  std::map<UserId, Profile> by_user;
  for (Profile& profile : found.profiles) by_user.emplace(profile.user, std::move(profile));
  found.profiles.clear();
  for (const UserId user : request.users) {
    if (const auto at = by_user.find(user); at != by_user.end()) found.profiles.push_back(at->second);
  }
  return found;
}

Call call(const ListDevices& request) { return {&kDevices, Params().add(request.user)}; }
AccountResult result(const ListDevices&, const Rows& rows) {
  DevicesListed listed;
  for (int row = 0; row < rows.count(); ++row) {
    listed.devices.push_back({.device = rows.as<DeviceId>(row, 0),
                              .user = rows.as<UserId>(row, 1),
                              .name = std::string(rows.bytes(row, 2)),
                              .address = std::string(rows.bytes(row, 3)),
                              .created = rows.as<WallTime>(row, 4),
                              .last_seen = rows.as<WallTime>(row, 5)});
  }
  return listed;
}

Call call(const ListBlocks& request) { return {&kBlocks, Params().add(request.user)}; }
AccountResult result(const ListBlocks&, const Rows& rows) { return profiles_of(rows); }

Call call(const ListInvites&) { return {&kInvites, Params()}; }
AccountResult result(const ListInvites&, const Rows& rows) {
  InvitesListed listed;
  for (int row = 0; row < rows.count(); ++row) {
    listed.invites.push_back({.invite = rows.as<InviteId>(row, 0),
                              .by = rows.as<UserId>(row, 1),
                              .created = rows.as<WallTime>(row, 2),
                              .expires = rows.as<WallTime>(row, 3),
                              .uses_left = static_cast<std::uint32_t>(rows.u64(row, 4))});
  }
  return listed;
}

Call call(const ListRevoked& request) { return {&kRevoked, Params().add(request.since)}; }
AccountResult result(const ListRevoked&, const Rows& rows) {
  DevicesRevoked revoked;
  for (int row = 0; row < rows.count(); ++row) {
    revoked.devices.push_back({.device = rows.as<DeviceId>(row, 0), .revoked = rows.as<WallTime>(row, 1)});
  }
  return revoked;
}

Call call(const ListAccounts& request) { return {&kPage, Params().add(request.after).add(request.limit)}; }
AccountResult result(const ListAccounts&, const Rows& rows) {
  AccountsListed listed;
  for (int row = 0; row < rows.count(); ++row) listed.accounts.push_back(account_at(rows, row));
  return listed;
}

Call call(const AnyAccount&) { return {&kAny, Params()}; }
AccountResult result(const AnyAccount&, const Rows& rows) { return ChangeDone{!rows.empty()}; }

}  // namespace

Call find_account(UserId user) { return {&kByUser, Params().add(user)}; }

std::optional<Account> account_of(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return account_at(rows, 0);
}

std::vector<Call> calls_of(const ReadAccounts& request) {
  return {std::visit([](const auto& each) { return call(each); }, request.request)};
}

AccountsAnswered result_of(const ReadAccounts& request, std::span<const Rows> answers) {
  return {std::visit([&](const auto& each) { return result(each, answers[0]); }, request.request)};
}

}  // namespace starling::postgres
