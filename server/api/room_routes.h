// /v1/rooms and /v1/join: what is asked about rooms beside their logs, and links into them.
#pragma once

#include "server/accounts/context.h"
#include "server/api/router.h"

namespace starling::api {

class RoomRoutes {
 public:
  explicit RoomRoutes(accounts::Context& context) : context_(context) {}

  /// This outlives the router's calls.
  void add_to(Router& router);

 private:
  Answer list_public(const Call& call);
  Answer show(const Call& call, UserId caller);
  Answer members(const Call& call, UserId caller, bool banned);
  Answer seq(const Call& call, UserId caller);
  Answer create_link(const Call& call, UserId caller);
  Answer list_links(const Call& call, UserId caller);
  Answer revoke_link(const Call& call, UserId caller);
  Answer join(const Call& call, UserId caller);

  /// The answer that belongs to the request, as `form` makes it; or why not.
  template <class Found, class Form>
  Answer answer(const ports::StoreRequest& request, Form&& form);

  accounts::Context& context_;
};

}  // namespace starling::api
