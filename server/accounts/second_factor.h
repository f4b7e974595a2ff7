// Codes beside the password: TOTP and, when the phone is lost, recovery codes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/accounts/caller.h"
#include "server/accounts/context.h"
#include "server/accounts/password_proof.h"

namespace starling::accounts {

class SecondFactor {
 public:
  struct Setup {
    std::string secret;  // base32
    std::string uri;
  };

  explicit SecondFactor(Context& context) : context_(context), proof_(context) {}

  /// Is it a code of the account's that was not used before? It is used then.
  Result<bool, Refusal> take_code(const ports::Account& account, const std::string& code);
  Result<bool, Refusal> take_recovery(const ports::Account& account, const std::string& code);

  /// A seed that is not asked for yet. Hashes a password.
  Result<Setup, Refusal> begin(const Caller& caller, const std::string& password, const std::string& issuer,
                               const Origin& origin);
  /// The recovery codes, shown once.
  Result<std::vector<std::string>, Refusal> confirm(const Caller& caller, const std::string& code,
                                                    const Origin& origin);
  /// `code`: TOTP's or a recovery code. Hashes a password.
  Result<void, Refusal> end(const Caller& caller, const std::string& password, const std::string& code,
                            const Origin& origin);

 private:
  std::optional<std::string> seed_of(const ports::Account& account) const;

  Context& context_;
  PasswordProof proof_;
};

}  // namespace starling::accounts
