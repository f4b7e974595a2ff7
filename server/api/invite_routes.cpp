#include "server/api/invite_routes.h"

#include "server/api/body.h"
#include "server/api/forms.h"
#include "server/api/links.h"

namespace starling::api {

using accounts::Caller;

void InviteRoutes::add_to(Router& router) {
  router.add("POST", "/v1/invites", [this](const Call& call, const Caller& caller) { return create(call, caller); });
  router.add("GET", "/v1/invites", [this](const Call&, const Caller& caller) { return list(caller); });
  router.add("DELETE", "/v1/invites/{invite}",
             [this](const Call& call, const Caller& caller) { return revoke(call, caller); });
}

Answer InviteRoutes::create(const Call& call, const Caller& caller) {
  Body body(call);
  const auto uses = body.maybe_number("uses");
  const auto expires_s = body.maybe_number("expires_s");
  if (body.fault()) return refused(*body.fault());
  const auto made = invites_.create(caller, uses, expires_s, call.origin());
  if (!made) return refused(made.error());
  return created({{"invite", text_of(made->invite)},
                  {"code", made->code},
                  {"link", invite_link(config_.public_name, call, made->code)}});
}

Answer InviteRoutes::list(const Caller& caller) {
  const auto listed = invites_.list(caller);
  if (!listed) return refused(listed.error());
  boost::json::array invites;
  for (const ports::ServerInvite& invite : *listed) invites.push_back(form_of(invite));
  return ok({{"invites", std::move(invites)}});
}

Answer InviteRoutes::revoke(const Call& call, const Caller& caller) {
  const auto invite = call.id<ports::InviteId>("invite");
  if (!invite) return not_found("no such invitation");
  const auto done = invites_.revoke(caller, *invite, call.origin());
  return done ? no_content() : refused(done.error());
}

}  // namespace starling::api
