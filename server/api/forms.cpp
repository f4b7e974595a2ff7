#include "server/api/forms.h"

namespace starling::api {

boost::json::object form_of(const ports::Profile& profile) {
  return {{"user", text_of(profile.user)},
          {"handle", profile.handle},
          {"display_name", profile.display_name},
          {"avatar_color", profile.avatar_color},
          {"status_text", profile.status_text}};
}

boost::json::object form_of(const accounts::Grant& grant) {
  boost::json::object form{{"user", text_of(grant.user)},
                           {"device", text_of(grant.device)},
                           {"handle", grant.handle},
                           {"access_token", grant.access_token},
                           {"access_expires_ms", to_ms(grant.access_expires)},
                           {"refresh_token", grant.refresh_token}};
  if (grant.room) form["room"] = text_of(grant.room);
  return form;
}

boost::json::object form_of(const ports::AccountDevice& device, DeviceId current) {
  return {{"device", text_of(device.device)},    {"name", device.name},
          {"created_ms", to_ms(device.created)}, {"last_seen_ms", to_ms(device.last_seen)},
          {"address", device.address},           {"current", device.device == current}};
}

boost::json::object form_of(const ports::ServerInvite& invite) {
  return {{"invite", text_of(invite.invite)},
          {"by", text_of(invite.by)},
          {"created_ms", to_ms(invite.created)},
          {"expires_ms", to_ms(invite.expires)},
          {"uses_left", invite.uses_left}};
}

boost::json::object users_form(const std::vector<ports::Profile>& profiles) {
  boost::json::array users;
  for (const ports::Profile& profile : profiles) users.push_back(form_of(profile));
  return {{"users", std::move(users)}};
}

}  // namespace starling::api
