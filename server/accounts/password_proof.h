// Somebody who is logged in shows once more that they know the password, before what a borrowed device must not do.
#pragma once

#include <string>

#include "server/accounts/caller.h"
#include "server/accounts/context.h"

namespace starling::accounts {

class PasswordProof {
 public:
  explicit PasswordProof(Context& context) : context_(context) {}

  /// Hashes a password. A wrong one counts as a guess at the account.
  Result<ports::Account, Refusal> account(const Caller& caller, const std::string& password, const Origin& origin);

 private:
  Context& context_;
};

}  // namespace starling::accounts
