#include "server/api/session_routes.h"

#include "server/api/body.h"
#include "server/api/forms.h"
#include "server/api/links.h"

namespace starling::api {
namespace {

const char* name_of(ports::Admission admission) {
  switch (admission) {
    case ports::Admission::Open:
      return "open";
    case ports::Admission::Invited:
      return "invite";
    case ports::Admission::Closed:
      return "closed";
  }
  return "closed";
}

}  // namespace

void SessionRoutes::add_to(Router& router) {
  router.open("GET", "/v1/server", [this](const Call& call) { return server(call); });
  router.open("POST", "/v1/register", [this](const Call& call) { return enroll(call); }, Lane::Password);
  router.open("POST", "/v1/login", [this](const Call& call) { return login(call); }, Lane::Password);
  router.open("POST", "/v1/refresh", [this](const Call& call) { return refresh(call); });
  router.add("POST", "/v1/logout", [this](const Call& call, const accounts::Caller& c) { return logout(call, c); });
}

Answer SessionRoutes::server(const Call& call) {
  const auto first = registration_.first();
  if (!first) return refused(first.error());
  return ok({{"name", name_for(config_.public_name, call)},
             {"version", version_},
             {"registration", name_of(config_.registration)},
             {"first_account", *first}});
}

Answer SessionRoutes::enroll(const Call& call) {
  Body body(call);
  const accounts::Registration::Request request{.handle = body.text("handle"),
                                                .password = body.text("password"),
                                                .display_name = body.maybe_text("display_name").value_or(""),
                                                .invite = body.maybe_text("invite").value_or(""),
                                                .device_name = body.maybe_text("device_name").value_or("")};
  if (body.fault()) return refused(*body.fault());
  const auto grant = registration_.run(request, call.origin());
  return grant ? created(form_of(*grant)) : refused(grant.error());
}

Answer SessionRoutes::login(const Call& call) {
  Body body(call);
  const accounts::Logins::Request request{.handle = body.text("handle"),
                                          .password = body.text("password"),
                                          .totp = body.maybe_text("totp"),
                                          .recovery_code = body.maybe_text("recovery_code"),
                                          .device_name = body.maybe_text("device_name").value_or("")};
  if (body.fault()) return refused(*body.fault());
  const auto grant = logins_.login(request, call.origin());
  return grant ? ok(form_of(*grant)) : refused(grant.error());
}

Answer SessionRoutes::refresh(const Call& call) {
  Body body(call);
  const std::string token = body.text("refresh_token");
  if (body.fault()) return refused(*body.fault());
  const auto grant = logins_.refresh(token, call.origin());
  return grant ? ok(form_of(*grant)) : refused(grant.error());
}

Answer SessionRoutes::logout(const Call& call, const accounts::Caller& caller) {
  const auto done = devices_.revoke(caller, caller.device(), call.origin());
  return done ? no_content() : refused(done.error());
}

}  // namespace starling::api
