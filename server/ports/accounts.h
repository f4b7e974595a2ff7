// The account side of the store seam: plain operations and answers, executed by the same store as the log's
// (server/ports/store.h). Secrets come here hashed or sealed; nothing in this file can let anybody in by itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/aside.h"
#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::ports {

/// SHA-256 of a secret with at least 112 bits of its own.
using Digest = std::array<unsigned char, 32>;
/// Names a device's chain of refresh tokens. Random: whoever knows it has held a token of the chain.
using FamilyId = std::array<unsigned char, 16>;
using InviteId = Id<struct InviteTag, std::uint64_t>;

/// A token that was rotated is answered with the same successor for so long (RotateRefresh).
inline constexpr std::chrono::seconds kRefreshRepeat{60};

// ---- values

struct Profile {
  UserId user;
  std::string handle;
  std::string display_name;
  std::string avatar_color;  // #rrggbb
  std::string status_text;
};

struct Account {
  Profile profile;
  std::string password_hash;  // with its algorithm and parameters; empty: nobody can log in
  bool admin = false;
  bool disabled = false;
  WallTime created;
  std::string totp_sealed;      // empty: none
  bool totp_on = false;         // false: a seed waits to be confirmed
  std::uint64_t totp_step = 0;  // of the last code that was used
};

struct AccountDevice {
  DeviceId device;
  UserId user;
  std::string name;
  std::string address;
  WallTime created;
  WallTime last_seen;
};
struct NewDevice {
  AccountDevice device;
  FamilyId family{};
  Digest refresh{};
};

struct ServerInvite {
  InviteId invite;
  UserId by;  // 0: the operator
  WallTime created;
  WallTime expires;
  std::uint32_t uses_left = 0;
};

/// What happened to an account, without any content; one row of the audit log, in the transaction of its change.
struct AuditEntry {
  std::string kind;  // login, login_failed, password, totp_on, revoke, …
  WallTime at;
  UserId user;
  DeviceId device;
  UserId by;  // 0: the operator, or nobody known
  std::string address;
};

// ---- reads

/// By `user`, or by `handle` when that is 0.
struct FindAccount {
  UserId user;
  std::string handle;
};
/// `users`, or when that is empty whose handle or word of the name begins with `prefix`; by handle ascending. The disabled
/// are not found by prefix.
struct FindProfiles {
  std::vector<UserId> users;
  std::string prefix;
  std::uint32_t limit = 0;
};
/// Those not revoked, newest first.
struct ListDevices {
  UserId user;
};
struct ListBlocks {
  UserId user;
};
struct ListInvites {};
/// Devices that were revoked at `since` or later.
struct ListRevoked {
  WallTime since;
};
/// By user ascending.
struct ListAccounts {
  UserId after;
  std::uint32_t limit = 0;
};
struct AnyAccount {};

using AccountRead = std::variant<FindAccount, FindProfiles, ListDevices, ListBlocks, ListInvites, ListRevoked,
                                 ListAccounts, AnyAccount>;

// ---- changes

enum class Admission : std::uint8_t { Open, Invited, Closed };

/// The first account of all becomes administrator, and is admitted whatever `admission` says.
struct CreateAccount {
  Account account;
  std::optional<NewDevice> device;
  Admission admission = Admission::Open;
  std::optional<Digest> invite;  // one use of it is spent; of a link into a room: the account becomes a member there
};
/// A login. Beyond `devices_max` the ones seen longest ago are revoked.
struct AddDevice {
  NewDevice device;
  std::uint32_t devices_max = 0;
};
/// The rule: the current token is exchanged for `next`. The token before it, whose answer may have been lost, is good until
/// the current one has been used: within kRefreshRepeat of its exchange it is answered with the same successor, later with
/// a new one in place of the one that nobody used. Any other token of the family has been stolen or copied: the device
/// is revoked.
struct RotateRefresh {
  FamilyId family{};
  Digest presented{};
  Digest next{};
  std::string next_sealed;  // the successor, readable only by who presents this token
  std::string address;
  WallTime now;
};
/// `device`, or all of the user's but `except`.
struct RevokeDevices {
  UserId user;
  DeviceId device;
  DeviceId except;
  WallTime now;
};
struct PutPassword {
  UserId user;
  std::string hash;
  std::string expected;  // the hash that it replaces; empty: any
  bool revoke = false;   // all devices but `except`
  DeviceId except;
  WallTime now;
};
struct PutProfile {
  UserId user;
  std::optional<std::string> display_name;
  std::optional<std::string> avatar_color;
  std::optional<std::string> status_text;
};
/// Replaces seed and recovery codes. An empty seed ends TOTP.
struct PutTotp {
  UserId user;
  std::string sealed;
  bool on = false;
  std::uint64_t step = 0;
  std::vector<Digest> recovery;
};
/// Done when no code of this or a later step was used before.
struct UseTotpStep {
  UserId user;
  std::uint64_t step = 0;
};
/// Done when there was one; it is gone then.
struct UseRecoveryCode {
  UserId user;
  Digest code{};
};
/// To disable revokes all devices.
struct PutFlags {
  UserId user;
  std::optional<bool> disabled;
  std::optional<bool> admin;
  WallTime now;
};
struct PutBlock {
  UserId user;
  UserId blocked;
  bool on = true;
};
struct CreateInvite {
  Digest code{};
  UserId by;
  std::uint32_t uses = 1;
  WallTime now;
  WallTime expires;
};
struct RevokeInvite {
  InviteId invite;
};
/// Only the audit entry.
struct NoteOnly {};
/// What was revoked, spent or noted before these moments goes.
struct PruneAccounts {
  WallTime devices_before;
  WallTime invites_before;
  WallTime audit_before;
};

using AccountChange =
    std::variant<CreateAccount, AddDevice, RotateRefresh, RevokeDevices, PutPassword, PutProfile, PutTotp, UseTotpStep,
                 UseRecoveryCode, PutFlags, PutBlock, CreateInvite, RevokeInvite, NoteOnly, PruneAccounts>;

// ---- answers

struct AccountFound {
  std::optional<Account> account;
};
struct ProfilesFound {
  std::vector<Profile> profiles;
};
struct DevicesListed {
  std::vector<AccountDevice> devices;
};
struct InvitesListed {
  std::vector<ServerInvite> invites;
};
struct AccountsListed {
  std::vector<Account> accounts;
};
struct RevokedDevice {
  DeviceId device;
  WallTime revoked;
};
/// Of a change: what it revoked. `found` is false when there is no such user or device.
struct DevicesRevoked {
  bool found = true;
  std::vector<RevokedDevice> devices;
};
enum class Creation : std::uint8_t { Created, Taken, Closed, InviteNeeded, InviteBad };
struct AccountCreated {
  Creation creation = Creation::Created;
  bool admin = false;
  RoomId room;  // that the invitation led into; 0: none
  Seq head;     // of its log now
};
enum class Rotation : std::uint8_t {
  Rotated,
  Repeated,  // `sealed` is the successor of the presented token
  Unknown,   // no such family, or its device is revoked or its user disabled
  Reused,    // the device is revoked now
};
struct RefreshRotated {
  Rotation rotation = Rotation::Unknown;
  UserId user;
  DeviceId device;
  std::string handle;
  std::string sealed;
};
struct InviteMade {
  InviteId invite;
};
/// `done`: the change found what it was for.
struct ChangeDone {
  bool done = true;
};
/// The store's rules hold against it: an id that is taken, a text too long.
struct ChangeRefused {};

using AccountResult = std::variant<ChangeDone, ChangeRefused, AccountFound, ProfilesFound, DevicesListed, InvitesListed,
                                   AccountsListed, DevicesRevoked, AccountCreated, RefreshRotated, InviteMade>;

// ---- as alternatives of StoreRequest and StoreResult

struct ReadAccounts {
  AccountRead request;
};
struct ChangeAccounts {
  Aside<AccountChange> request;
  std::optional<AuditEntry> audit;  // noted when the change was done
};
struct AccountsAnswered {
  Aside<AccountResult> result;
};

}  // namespace starling::ports
