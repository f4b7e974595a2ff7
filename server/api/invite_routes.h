// /v1/invites: invitations to the server.
#pragma once

#include "server/accounts/invites.h"
#include "server/api/router.h"

namespace starling::api {

class InviteRoutes {
 public:
  explicit InviteRoutes(accounts::Context& context) : config_(context.config), invites_(context) {}

  /// This outlives the router's calls.
  void add_to(Router& router);

 private:
  Answer create(const Call& call, const accounts::Caller& caller);
  Answer list(const accounts::Caller& caller);
  Answer revoke(const Call& call, const accounts::Caller& caller);

  const accounts::Config& config_;
  accounts::Invites invites_;
};

}  // namespace starling::api
