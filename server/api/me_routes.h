// /v1/me: the caller's profile, password, second factor, devices and blocks.
#pragma once

#include "server/accounts/devices.h"
#include "server/accounts/profiles.h"
#include "server/accounts/second_factor.h"
#include "server/api/router.h"

namespace starling::api {

class MeRoutes {
 public:
  explicit MeRoutes(accounts::Context& context)
      : config_(context.config), profiles_(context), devices_(context), factor_(context) {}

  /// This outlives the router's calls.
  void add_to(Router& router);

 private:
  using Caller = accounts::Caller;
  Answer profile(const Call& call, const Caller& caller);
  Answer change_profile(const Call& call, const Caller& caller);
  Answer change_password(const Call& call, const Caller& caller);
  Answer begin_totp(const Call& call, const Caller& caller);
  Answer confirm_totp(const Call& call, const Caller& caller);
  Answer end_totp(const Call& call, const Caller& caller);
  Answer devices(const Call& call, const Caller& caller);
  Answer revoke_device(const Call& call, const Caller& caller);
  Answer revoke_others(const Call& call, const Caller& caller);
  Answer blocks(const Call& call, const Caller& caller);
  Answer block(const Call& call, const Caller& caller, bool on);

  const accounts::Config& config_;
  accounts::Profiles profiles_;
  accounts::Devices devices_;
  accounts::SecondFactor factor_;
};

}  // namespace starling::api
