// /v1/server, /v1/register, /v1/login, /v1/refresh and /v1/logout.
#pragma once

#include <string>

#include "server/accounts/devices.h"
#include "server/accounts/logins.h"
#include "server/accounts/registration.h"
#include "server/api/router.h"

namespace starling::api {

class SessionRoutes {
 public:
  SessionRoutes(accounts::Context& context, std::string version)
      : config_(context.config),
        version_(std::move(version)),
        registration_(context),
        logins_(context),
        devices_(context) {}

  /// This outlives the router's calls.
  void add_to(Router& router);
  accounts::Registration& registration() { return registration_; }

 private:
  Answer server(const Call& call);
  Answer enroll(const Call& call);
  Answer login(const Call& call);
  Answer refresh(const Call& call);
  Answer logout(const Call& call, const accounts::Caller& caller);

  const accounts::Config& config_;
  std::string version_;
  accounts::Registration registration_;
  accounts::Logins logins_;
  accounts::Devices devices_;
};

}  // namespace starling::api
