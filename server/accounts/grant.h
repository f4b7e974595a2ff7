// What a login, a registration or a refresh gives a device.
#pragma once

#include <string>

#include "server/accounts/context.h"
#include "server/accounts/refresh_token.h"

namespace starling::accounts {

struct Grant {
  UserId user;
  DeviceId device;
  std::string handle;
  std::string access_token;
  WallTime access_expires;
  std::string refresh_token;
  RoomId room;  // that the invitation of a registration led into; 0: none
};

Grant make_grant(const Context& context, UserId user, DeviceId device, const std::string& handle,
                 const RefreshToken& refresh, WallTime now);

/// A device that logs in now. An empty name becomes "unnamed device".
ports::NewDevice make_device(UserId user, const std::string& name, const Origin& origin, const RefreshToken& refresh,
                             WallTime now);

}  // namespace starling::accounts
