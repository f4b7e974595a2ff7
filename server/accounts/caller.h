// Who makes a call, as verified. Only Authentication can make one: a function that takes a Caller cannot be reached
// without a good token.
#pragma once

#include "common/base/ids.h"

namespace starling::accounts {

class Caller {
 public:
  UserId user() const { return user_; }
  DeviceId device() const { return device_; }
  bool admin() const { return admin_; }

 private:
  friend class Authentication;
  Caller(UserId user, DeviceId device, bool admin) : user_(user), device_(device), admin_(admin) {}

  UserId user_;
  DeviceId device_;
  bool admin_;
};

}  // namespace starling::accounts
