// Accounts as the API asks for them.
#pragma once

#include "server/ports/accounts.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class AccountReader {
 public:
  explicit AccountReader(Connection& connection);
  ports::AccountResult read(const ports::AccountRead& request);

 private:
  ports::AccountResult on(const ports::FindAccount& request);
  ports::AccountResult on(const ports::FindProfiles& request);
  ports::AccountResult on(const ports::ListDevices& request);
  ports::AccountResult on(const ports::ListBlocks& request);
  ports::AccountResult on(const ports::ListInvites& request);
  ports::AccountResult on(const ports::ListRevoked& request);
  ports::AccountResult on(const ports::ListAccounts& request);
  ports::AccountResult on(const ports::AnyAccount& request);

  Statement by_user_;
  Statement by_handle_;
  Statement by_prefix_;
  Statement devices_;
  Statement blocks_;
  Statement invites_;
  Statement revoked_;
  Statement page_;
  Statement any_;
};

}  // namespace starling::store
