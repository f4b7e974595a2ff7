// In by a password, further by refresh tokens, out by a logout.
#pragma once

#include <optional>
#include <string>

#include "server/accounts/caller.h"
#include "server/accounts/grant.h"
#include "server/accounts/second_factor.h"

namespace starling::accounts {

class Logins {
 public:
  struct Request {
    std::string handle;
    std::string password;
    std::optional<std::string> totp;
    std::optional<std::string> recovery_code;
    std::string device_name;
  };

  explicit Logins(Context& context) : context_(context), factor_(context) {}

  /// Hashes exactly one password, whoever is named; a second one only to store a good one by today's parameters.
  Result<Grant, Refusal> login(const Request& request, const Origin& origin);
  Result<Grant, Refusal> refresh(const std::string& token, const Origin& origin);

 private:
  Result<ports::Account, Refusal> verified(const Request& request, const std::string& account, const Origin& origin);
  Result<void, Refusal> second_factor(const Request& request, const ports::Account& account, const Origin& origin);
  Result<Grant, Refusal> enter(const Request& request, const ports::Account& account, const Origin& origin);
  void note_failure(UserId user, const char* kind, const Origin& origin);

  Context& context_;
  SecondFactor factor_;
};

}  // namespace starling::accounts
