// New accounts.
#pragma once

#include <string>

#include "server/accounts/grant.h"

namespace starling::accounts {

class Registration {
 public:
  struct Request {
    std::string handle;
    std::string password;
    std::string display_name;  // empty: the handle
    std::string invite;        // to the server, or a link into a room; empty: none
    std::string device_name;
  };

  explicit Registration(Context& context) : context_(context) {}

  /// Hashes a password.
  Result<Grant, Refusal> run(const Request& request, const Origin& origin);
  /// No account exists yet: who registers becomes administrator.
  Result<bool, Refusal> first();

 private:
  Context& context_;
};

}  // namespace starling::accounts
