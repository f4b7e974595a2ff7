// Who the virtual users are to the server. Where tokens come from is not this module's business: loadsim/app has the
// keys.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"

namespace starling::load {

struct Account {
  UserId user;
  DeviceId device;
};

class Accounts {
 public:
  virtual ~Accounts() = default;
  virtual Account at(std::uint32_t index) const = 0;
  /// An access token, made when it is needed: a million would not have to be kept.
  virtual std::string token(std::uint32_t index) const = 0;
};

}  // namespace starling::load
