// A user's devices, and how each of them ends.
#pragma once

#include <string>
#include <vector>

#include "server/accounts/caller.h"
#include "server/accounts/context.h"
#include "server/accounts/password_proof.h"

namespace starling::accounts {

class Devices {
 public:
  explicit Devices(Context& context) : context_(context), proof_(context) {}

  Result<std::vector<ports::AccountDevice>, Refusal> list(const Caller& caller);
  /// The caller's own too: a logout.
  Result<void, Refusal> revoke(const Caller& caller, DeviceId device, const Origin& origin);
  Result<void, Refusal> revoke_others(const Caller& caller, const Origin& origin);
  /// Ends all other devices. Hashes two passwords.
  Result<void, Refusal> change_password(const Caller& caller, const std::string& password,
                                        const std::string& new_password, const Origin& origin);

 private:
  Context& context_;
  PasswordProof proof_;
};

}  // namespace starling::accounts
