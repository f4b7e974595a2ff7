#include "server/store/sqlite/account_changes.h"

#include "common/base/mutant.h"

namespace starling::store {
namespace {

using namespace ports;

/// Did it find what it was for? Only then it is noted.
bool happened(const AccountResult& result) {
  if (const auto* done = std::get_if<ChangeDone>(&result)) return done->done;
  if (const auto* revoked = std::get_if<DevicesRevoked>(&result)) return revoked->found;
  if (const auto* created = std::get_if<AccountCreated>(&result)) return created->creation == Creation::Created;
  if (const auto* rotated = std::get_if<RefreshRotated>(&result)) return rotated->rotation == Rotation::Reused;
  return true;
}

}  // namespace

AccountChanges::AccountChanges(Connection& connection)
    : accounts_(connection), devices_(connection), invites_(connection), audit_(connection), entry_(connection) {}

AccountResult AccountChanges::run(const ChangeAccounts& request) {
  AccountResult result = std::visit([this](const auto& each) { return on(each); }, *request.request);
  if (request.audit && happened(result)) {
    AuditEntry entry = *request.audit;
    // Who presents a refresh token is known only now.
    if (const auto* rotated = std::get_if<RefreshRotated>(&result)) {
      entry.user = rotated->user;
      entry.device = rotated->device;
    }
    audit_.add(entry);
  }
  return result;
}

AccountResult AccountChanges::on(const CreateAccount& request) {
  Account account = request.account;
  const bool first = !accounts_.any();
  bool into_room = false;
  if (!first) {
    if (request.admission == Admission::Closed) return AccountCreated{.creation = Creation::Closed};
    const bool invited = request.admission == Admission::Invited;
    if (invited && !request.invite) return AccountCreated{.creation = Creation::InviteNeeded};
    into_room = request.invite && entry_.leads_somewhere(*request.invite, account.created);
    // Before the name: who has no invitation learns nothing of whom there is.
    if (invited && !into_room && !invites_.good(*request.invite, account.created)) {
      return AccountCreated{.creation = Creation::InviteBad};
    }
    if (accounts_.taken(account.profile)) return AccountCreated{.creation = Creation::Taken};
    if (invited && !into_room) invites_.spend(*request.invite, account.created);
  }
  account.admin = account.admin || first;
  accounts_.insert(account);
  if (request.device) devices_.insert(*request.device);
  AccountCreated created{.admin = account.admin};
  if (into_room) {
    const auto entered = entry_.enter(*request.invite, account.profile.user, account.created);
    created.room = entered.room;
    created.head = entered.head;
  }
  return created;
}

AccountResult AccountChanges::on(const AddDevice& request) {
  const AccountDevice& device = request.device.device;
  const auto account = accounts_.find(device.user);
  if (!account || account->disabled) return DevicesRevoked{.found = false};
  devices_.insert(request.device);
  return DevicesRevoked{.devices = devices_.trim(device.user, device.device, request.devices_max, device.created)};
}

AccountResult AccountChanges::on(const RotateRefresh& request) { return devices_.rotate(request); }

AccountResult AccountChanges::on(const RevokeDevices& request) {
  auto revoked = devices_.revoke(request.user, request.device, request.except, request.now);
  const bool found = !request.device || !revoked.empty();
  return DevicesRevoked{.found = found, .devices = std::move(revoked)};
}

AccountResult AccountChanges::on(const PutPassword& request) {
  if (!accounts_.put(request)) return DevicesRevoked{.found = false};
  if (!request.revoke) return DevicesRevoked{};
  return DevicesRevoked{.devices = devices_.revoke(request.user, DeviceId(), request.except, request.now)};
}

AccountResult AccountChanges::on(const PutProfile& request) {
  accounts_.put(request);
  return AccountFound{accounts_.find(request.user)};
}

AccountResult AccountChanges::on(const PutTotp& request) { return ChangeDone{accounts_.put(request)}; }
AccountResult AccountChanges::on(const UseTotpStep& request) { return ChangeDone{accounts_.use(request)}; }
AccountResult AccountChanges::on(const UseRecoveryCode& request) { return ChangeDone{accounts_.use(request)}; }

AccountResult AccountChanges::on(const PutFlags& request) {
  if (!accounts_.put(request)) return DevicesRevoked{.found = false};
  if (!request.disabled.value_or(false) || mutant(Mutant::DisabledStaysIn)) return DevicesRevoked{};
  return DevicesRevoked{.devices = devices_.revoke(request.user, DeviceId(), DeviceId(), request.now)};
}

AccountResult AccountChanges::on(const PutBlock& request) {
  if (!accounts_.find(request.blocked)) return ChangeDone{false};
  accounts_.put(request);
  return ChangeDone{};
}

AccountResult AccountChanges::on(const CreateInvite& request) { return InviteMade{invites_.insert(request)}; }
AccountResult AccountChanges::on(const RevokeInvite& request) { return ChangeDone{invites_.revoke(request.invite)}; }
AccountResult AccountChanges::on(const NoteOnly&) { return ChangeDone{}; }

AccountResult AccountChanges::on(const PruneAccounts& request) {
  devices_.prune(request.devices_before);
  invites_.prune(request.invites_before);
  audit_.prune(request.audit_before);
  return ChangeDone{};
}

}  // namespace starling::store
