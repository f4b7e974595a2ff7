#include "server/accounts/grant.h"

#include "server/auth/token.h"

namespace starling::accounts {

Grant make_grant(const Context& context, UserId user, DeviceId device, const std::string& handle,
                 const RefreshToken& refresh, WallTime now) {
  const WallTime expires = now + auth::kAccessTtl;
  return {.user = user,
          .device = device,
          .handle = handle,
          .access_token = auth::mint_token(
              context.keys.token,
              {.user = user, .device = device, .issued = now, .expires = expires, .grants = ports::Grants{}}),
          .access_expires = expires,
          .refresh_token = refresh.text()};
}

ports::NewDevice make_device(UserId user, const std::string& name, const Origin& origin, const RefreshToken& refresh,
                             WallTime now) {
  return {.device = {.device = random_device(),
                     .user = user,
                     .name = name.empty() ? "unnamed device" : name,
                     .address = origin.address,
                     .created = now,
                     .last_seen = now},
          .family = refresh.family,
          .refresh = refresh.digest()};
}

}  // namespace starling::accounts
