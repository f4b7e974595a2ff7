#include "server/api/me_routes.h"

#include "server/api/body.h"
#include "server/api/forms.h"
#include "server/api/links.h"

namespace starling::api {
namespace {

template <class Done>
Answer done_or(const Done& done) {
  return done ? no_content() : refused(done.error());
}

}  // namespace

void MeRoutes::add_to(Router& router) {
  const auto to = [this](Answer (MeRoutes::*handler)(const Call&, const Caller&)) {
    return [this, handler](const Call& call, const Caller& caller) { return (this->*handler)(call, caller); };
  };
  router.add("GET", "/v1/me", to(&MeRoutes::profile));
  router.add("PATCH", "/v1/me", to(&MeRoutes::change_profile));
  router.add("POST", "/v1/me/password", to(&MeRoutes::change_password), Lane::Password);
  router.add("POST", "/v1/me/totp", to(&MeRoutes::begin_totp), Lane::Password);
  router.add("POST", "/v1/me/totp/confirm", to(&MeRoutes::confirm_totp));
  router.add("DELETE", "/v1/me/totp", to(&MeRoutes::end_totp), Lane::Password);
  router.add("GET", "/v1/me/devices", to(&MeRoutes::devices));
  router.add("DELETE", "/v1/me/devices", to(&MeRoutes::revoke_others));
  router.add("DELETE", "/v1/me/devices/{device}", to(&MeRoutes::revoke_device));
  router.add("GET", "/v1/me/blocks", to(&MeRoutes::blocks));
  router.add("PUT", "/v1/me/blocks/{user}",
             [this](const Call& call, const Caller& caller) { return block(call, caller, true); });
  router.add("DELETE", "/v1/me/blocks/{user}",
             [this](const Call& call, const Caller& caller) { return block(call, caller, false); });
}

Answer MeRoutes::profile(const Call&, const Caller& caller) {
  const auto account = profiles_.own(caller);
  if (!account) return refused(account.error());
  boost::json::object form = form_of(account->profile);
  form["admin"] = account->admin;
  form["totp"] = account->totp_on;
  return ok(form);
}

Answer MeRoutes::change_profile(const Call& call, const Caller& caller) {
  Body body(call);
  const accounts::Profiles::Change change{.display_name = body.maybe_text("display_name"),
                                          .avatar_color = body.maybe_text("avatar_color"),
                                          .status_text = body.maybe_text("status_text")};
  if (body.fault()) return refused(*body.fault());
  const auto profile = profiles_.change(caller, change);
  return profile ? ok(form_of(*profile)) : refused(profile.error());
}

Answer MeRoutes::change_password(const Call& call, const Caller& caller) {
  Body body(call);
  const std::string password = body.text("password");
  const std::string new_password = body.text("new_password");
  if (body.fault()) return refused(*body.fault());
  return done_or(devices_.change_password(caller, password, new_password, call.origin()));
}

Answer MeRoutes::begin_totp(const Call& call, const Caller& caller) {
  Body body(call);
  const std::string password = body.text("password");
  if (body.fault()) return refused(*body.fault());
  const auto setup = factor_.begin(caller, password, name_for(config_.public_name, call), call.origin());
  if (!setup) return refused(setup.error());
  return ok({{"secret", setup->secret}, {"uri", setup->uri}});
}

Answer MeRoutes::confirm_totp(const Call& call, const Caller& caller) {
  Body body(call);
  const std::string code = body.text("code");
  if (body.fault()) return refused(*body.fault());
  const auto codes = factor_.confirm(caller, code, call.origin());
  if (!codes) return refused(codes.error());
  return ok({{"recovery_codes", boost::json::array(codes->begin(), codes->end())}});
}

Answer MeRoutes::end_totp(const Call& call, const Caller& caller) {
  Body body(call);
  const std::string password = body.text("password");
  const std::string code = body.text("code");
  if (body.fault()) return refused(*body.fault());
  return done_or(factor_.end(caller, password, code, call.origin()));
}

Answer MeRoutes::devices(const Call&, const Caller& caller) {
  const auto listed = devices_.list(caller);
  if (!listed) return refused(listed.error());
  boost::json::array devices;
  for (const ports::AccountDevice& device : *listed) devices.push_back(form_of(device, caller.device()));
  return ok({{"devices", std::move(devices)}});
}

Answer MeRoutes::revoke_device(const Call& call, const Caller& caller) {
  const auto device = call.id<DeviceId>("device");
  if (!device) return not_found("no such device of yours");
  return done_or(devices_.revoke(caller, *device, call.origin()));
}

Answer MeRoutes::revoke_others(const Call& call, const Caller& caller) {
  return done_or(devices_.revoke_others(caller, call.origin()));
}

Answer MeRoutes::blocks(const Call&, const Caller& caller) {
  const auto blocked = profiles_.blocked(caller);
  return blocked ? ok(users_form(*blocked)) : refused(blocked.error());
}

Answer MeRoutes::block(const Call& call, const Caller& caller, bool on) {
  const auto user = call.id<UserId>("user");
  if (!user) return not_found("no such user");
  return done_or(profiles_.block(caller, *user, on));
}

}  // namespace starling::api
