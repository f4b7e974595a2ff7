// New accounts.
#pragma once

#include <functional>
#include <string>

#include "server/accounts/grant.h"

namespace starling::accounts {

/// Invitations that others than the server's own administrators give, into rooms. Set before the first call; empty: there
/// are none.
struct OtherInvites {
  /// Does the code let somebody in now?
  std::function<bool(const std::string& code)> good;
  /// The account exists now.
  std::function<void(const std::string& code, UserId user)> redeem;
};

class Registration {
 public:
  struct Request {
    std::string handle;
    std::string password;
    std::string display_name;  // empty: the handle
    std::string invite;        // empty: none
    std::string device_name;
  };

  explicit Registration(Context& context) : context_(context) {}
  void set_other_invites(OtherInvites invites) { others_ = std::move(invites); }

  /// Hashes a password.
  Result<Grant, Refusal> run(const Request& request, const Origin& origin);
  /// No account exists yet: who registers becomes administrator.
  Result<bool, Refusal> first();

 private:
  Context& context_;
  OtherInvites others_;
};

}  // namespace starling::accounts
