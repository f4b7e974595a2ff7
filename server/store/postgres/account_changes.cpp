#include "server/store/postgres/account_changes.h"

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "server/store/account_words.h"
#include "server/store/postgres/account_reads.h"
#include "server/store/postgres/digests.h"

namespace starling::postgres {
namespace {

using namespace ports;

/// The change, and its row of the audit log when it happened: $1 to $6 are that row, without a kind there is none. Who
/// presents a refresh token is known only then.
#define STARLING_PG_NOTED(change)                                                                                     \
  "WITH changed AS MATERIALIZED (SELECT * FROM " change                                                               \
  "), noted AS (INSERT INTO audit (at, kind, user_id, device_id, by_user, address) SELECT $1::bigint, $2::text, "     \
  "CASE WHEN user_id <> 0 THEN user_id ELSE $3::bigint END, CASE WHEN device_id <> 0 THEN device_id ELSE $4::bigint " \
  "END, $5::bigint, $6::text "                                                                                        \
  "FROM changed WHERE happened AND $2 <> '') "                                                                        \
  "SELECT happened, code, number, user_id, device_id, handle, sealed, revoked, room, head FROM changed"

constexpr Statement kCreateAccount{
    "create_account",
    STARLING_PG_NOTED(
        "create_account($7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, "
        "$24, $25, $26, $27)")};
constexpr Statement kAddDevice{"add_device", STARLING_PG_NOTED("add_device($7, $8, $9, $10, $11, $12, $13, $14, $15)")};
constexpr Statement kRotate{"rotate_refresh", STARLING_PG_NOTED("rotate_refresh($7, $8, $9, $10, $11, $12, $13)")};
constexpr Statement kRevoke{"revoke_devices", STARLING_PG_NOTED("revoke_devices($7, $8, $9, $10)")};
constexpr Statement kPassword{"put_password", STARLING_PG_NOTED("put_password($7, $8, $9, $10, $11, $12)")};
constexpr Statement kProfile{"put_profile", STARLING_PG_NOTED("put_profile($7, $8, $9, $10, $11)")};
constexpr Statement kTotp{"put_totp", STARLING_PG_NOTED("put_totp($7, $8, $9, $10, $11)")};
constexpr Statement kTotpStep{"use_totp_step", STARLING_PG_NOTED("use_totp_step($7, $8)")};
constexpr Statement kRecovery{"use_recovery_code", STARLING_PG_NOTED("use_recovery_code($7, $8)")};
constexpr Statement kFlags{"put_flags", STARLING_PG_NOTED("put_flags($7, $8, $9, $10)")};
constexpr Statement kBlock{"put_block", STARLING_PG_NOTED("put_block($7, $8, $9)")};
constexpr Statement kInvite{"create_invite", STARLING_PG_NOTED("create_invite($7, $8, $9, $10, $11)")};
constexpr Statement kRevokeInvite{"revoke_invite", STARLING_PG_NOTED("revoke_invite($7)")};
constexpr Statement kNote{"note_only", STARLING_PG_NOTED("account_changed(true)")};
constexpr Statement kPrune{"prune_accounts", STARLING_PG_NOTED("prune_accounts($7, $8, $9)")};

/// Of STARLING_PG_NOTED's columns.
enum Column : int { Happened, Code, Number, User, Device, Handle, Sealed, Revoked, Room, Head };

Params audit_params(const std::optional<AuditEntry>& audit) {
  const AuditEntry entry = audit.value_or(AuditEntry{});
  Params params;
  params.add(entry.at).add_bytes(entry.kind).add(entry.user).add(entry.device).add(entry.by).add_bytes(entry.address);
  return params;
}

void add_words(Params& params, const std::set<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  params.add_text_array(views);
}
void add(Params& params, const NewDevice& added) {
  const AccountDevice& device = added.device;
  params.add_bytes(device.name).add_bytes(device.address).add(device.created).add(device.last_seen);
  params.add_bytes(bytes_of(added.family)).add_bytes(bytes_of(added.refresh));
}
void add(Params& params, const std::optional<std::string>& text) { text ? params.add_bytes(*text) : params.add_null(); }
void add(Params& params, const std::optional<bool>& flag) { flag ? params.add(*flag) : params.add_null(); }

const Statement* fill(Params& params, const CreateAccount& request) {
  const Account& account = request.account;
  const Profile& profile = account.profile;
  params.add(profile.user).add_bytes(profile.handle).add_bytes(profile.display_name).add_bytes(profile.avatar_color);
  params.add_bytes(profile.status_text).add_bytes(account.password_hash).add(account.admin).add(account.disabled);
  params.add(account.created);
  add_words(params, store::words_of(profile));
  params.add(request.admission).add(request.invite.has_value()).add_bytes(bytes_of(request.invite.value_or(Digest{})));
  params.add(wire::body_hash({}));
  const NewDevice device = request.device.value_or(NewDevice{});
  params.add(device.device.device);
  add(params, device);
  return &kCreateAccount;
}
const Statement* fill(Params& params, const AddDevice& request) {
  params.add(request.device.device.device).add(request.device.device.user);
  add(params, request.device);
  params.add(request.devices_max);
  return &kAddDevice;
}
const Statement* fill(Params& params, const RotateRefresh& request) {
  params.add_bytes(bytes_of(request.family)).add_bytes(bytes_of(request.presented)).add_bytes(bytes_of(request.next));
  params.add_bytes(request.next_sealed).add_bytes(request.address).add(request.now);
  params.add(std::chrono::milliseconds(kRefreshRepeat).count());
  return &kRotate;
}
const Statement* fill(Params& params, const RevokeDevices& request) {
  params.add(request.user).add(request.device).add(request.except).add(request.now);
  return &kRevoke;
}
const Statement* fill(Params& params, const PutPassword& request) {
  params.add(request.user).add_bytes(request.hash).add_bytes(request.expected).add(request.revoke).add(request.except);
  params.add(request.now);
  return &kPassword;
}
const Statement* fill(Params& params, const PutProfile& request) {
  params.add(request.user);
  add(params, request.display_name);
  add(params, request.avatar_color);
  add(params, request.status_text);
  add_words(params, store::words_of(request.display_name.value_or("")));
  return &kProfile;
}
const Statement* fill(Params& params, const PutTotp& request) {
  std::vector<std::string_view> codes;
  for (const Digest& code : request.recovery) codes.push_back(bytes_of(code));
  params.add(request.user).add_bytes(request.sealed).add(request.on).add(request.step).add_bytes_array(codes);
  return &kTotp;
}
const Statement* fill(Params& params, const UseTotpStep& request) {
  params.add(request.user).add(request.step);
  return &kTotpStep;
}
const Statement* fill(Params& params, const UseRecoveryCode& request) {
  params.add(request.user).add_bytes(bytes_of(request.code));
  return &kRecovery;
}
const Statement* fill(Params& params, const PutFlags& request) {
  params.add(request.user);
  add(params, request.disabled);
  add(params, request.admin);
  params.add(request.now);
  return &kFlags;
}
const Statement* fill(Params& params, const PutBlock& request) {
  params.add(request.user).add(request.blocked).add(request.on);
  return &kBlock;
}
const Statement* fill(Params& params, const CreateInvite& request) {
  params.add_bytes(bytes_of(request.code)).add(request.by).add(request.now).add(request.expires).add(request.uses);
  return &kInvite;
}
const Statement* fill(Params& params, const RevokeInvite& request) {
  params.add(request.invite);
  return &kRevokeInvite;
}
const Statement* fill(Params&, const NoteOnly&) { return &kNote; }
const Statement* fill(Params& params, const PruneAccounts& request) {
  params.add(request.devices_before).add(request.invites_before).add(request.audit_before);
  return &kPrune;
}

DevicesRevoked revoked_of(const Rows& rows, WallTime now) {
  DevicesRevoked revoked{.found = rows.flag(0, Happened)};
  for (const std::int64_t device : rows.numbers(0, Revoked)) {
    revoked.devices.push_back({.device = DeviceId(static_cast<std::uint64_t>(device)), .revoked = now});
  }
  return revoked;
}

AccountResult result(const CreateAccount&, std::span<const Rows> answers) {
  const Rows& rows = answers[0];
  return AccountCreated{.creation = rows.as<Creation>(0, Code),
                        .admin = rows.flag(0, Number),
                        .room = rows.as<RoomId>(0, Room),
                        .head = rows.as<Seq>(0, Head)};
}
AccountResult result(const AddDevice& request, std::span<const Rows> answers) {
  return revoked_of(answers[0], request.device.device.created);
}
AccountResult result(const RotateRefresh&, std::span<const Rows> answers) {
  const Rows& rows = answers[0];
  return RefreshRotated{.rotation = rows.as<Rotation>(0, Code),
                        .user = rows.as<UserId>(0, User),
                        .device = rows.as<DeviceId>(0, Device),
                        .handle = std::string(rows.bytes(0, Handle)),
                        .sealed = std::string(rows.bytes(0, Sealed))};
}
AccountResult result(const PutProfile&, std::span<const Rows> answers) { return AccountFound{account_of(answers[1])}; }
AccountResult result(const CreateInvite&, std::span<const Rows> answers) {
  return InviteMade{answers[0].as<InviteId>(0, Number)};
}
/// What revokes says what it has revoked; the others whether they found what they were for.
template <class Change>
AccountResult result(const Change& request, std::span<const Rows> answers) {
  constexpr bool kRevokes =
      std::is_same_v<Change, RevokeDevices> || std::is_same_v<Change, PutPassword> || std::is_same_v<Change, PutFlags>;
  if constexpr (kRevokes) {
    return revoked_of(answers[0], request.now);
  } else {
    return ChangeDone{answers[0].flag(0, Happened)};
  }
}

}  // namespace

std::vector<Call> calls_of(const ChangeAccounts& request) {
  Params params = audit_params(request.audit);
  const Statement* statement = std::visit([&](const auto& each) { return fill(params, each); }, *request.request);
  std::vector<Call> calls;
  calls.push_back({statement, std::move(params)});
  if (const auto* profile = std::get_if<PutProfile>(&*request.request)) calls.push_back(find_account(profile->user));
  return calls;
}

AccountsAnswered result_of(const ChangeAccounts& request, std::span<const Rows> answers) {
  return {std::visit([&](const auto& each) { return result(each, answers); }, *request.request)};
}

}  // namespace starling::postgres
