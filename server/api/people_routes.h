// /v1/users: who there is, by number or by the beginning of a name.
#pragma once

#include "server/accounts/profiles.h"
#include "server/api/router.h"

namespace starling::api {

class PeopleRoutes {
 public:
  explicit PeopleRoutes(accounts::Context& context) : profiles_(context) {}

  /// This outlives the router's calls.
  void add_to(Router& router);

 private:
  Answer users(const Call& call);
  Answer by_ids(std::string_view ids);

  accounts::Profiles profiles_;
};

}  // namespace starling::api
