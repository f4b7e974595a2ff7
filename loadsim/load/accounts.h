// Who the virtual users are to a real server. Where tokens come from is not this module's business: loadsim/app has the
// keys.
#pragma once

#include <cstdint>
#include <string>

#include "loadsim/people/company.h"

namespace starling::load {

class Accounts : public people::Accounts {
 public:
  /// An access token, made when it is needed: a million would not have to be kept.
  virtual std::string token(std::uint32_t index) const = 0;
};

}  // namespace starling::load
