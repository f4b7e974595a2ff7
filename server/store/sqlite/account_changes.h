// Changes of accounts, inside the writer's transaction: each with its row of the audit log.
#pragma once

#include "server/ports/accounts.h"
#include "server/store/sqlite/account_rows.h"
#include "server/store/sqlite/audit_rows.h"
#include "server/store/sqlite/device_rows.h"
#include "server/store/sqlite/invite_rows.h"
#include "server/store/sqlite/room_entry.h"

namespace starling::store {

/// Owner: the thread of the connection.
class AccountChanges {
 public:
  explicit AccountChanges(Connection& connection);
  ports::AccountResult run(const ports::ChangeAccounts& request);

 private:
  ports::AccountResult on(const ports::CreateAccount& request);
  ports::AccountResult on(const ports::AddDevice& request);
  ports::AccountResult on(const ports::RotateRefresh& request);
  ports::AccountResult on(const ports::RevokeDevices& request);
  ports::AccountResult on(const ports::PutPassword& request);
  ports::AccountResult on(const ports::PutProfile& request);
  ports::AccountResult on(const ports::PutTotp& request);
  ports::AccountResult on(const ports::UseTotpStep& request);
  ports::AccountResult on(const ports::UseRecoveryCode& request);
  ports::AccountResult on(const ports::PutFlags& request);
  ports::AccountResult on(const ports::PutBlock& request);
  ports::AccountResult on(const ports::CreateInvite& request);
  ports::AccountResult on(const ports::RevokeInvite& request);
  ports::AccountResult on(const ports::NoteOnly& request);
  ports::AccountResult on(const ports::PruneAccounts& request);

  AccountRows accounts_;
  DeviceRows devices_;
  InviteRows invites_;
  AuditRows audit_;
  RoomEntry entry_;
};

}  // namespace starling::store
