// Invitations to the server, which administrators give.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "server/accounts/caller.h"
#include "server/accounts/context.h"

namespace starling::accounts {

class Invites {
 public:
  struct Made {
    ports::InviteId invite;
    std::string code;  // shown once: only its digest is kept
  };

  explicit Invites(Context& context) : context_(context) {}

  Result<Made, Refusal> create(const Caller& caller, std::optional<std::uint64_t> uses,
                               std::optional<std::uint64_t> expires_s, const Origin& origin);
  Result<std::vector<ports::ServerInvite>, Refusal> list(const Caller& caller);
  Result<void, Refusal> revoke(const Caller& caller, ports::InviteId invite, const Origin& origin);

 private:
  Context& context_;
};

}  // namespace starling::accounts
