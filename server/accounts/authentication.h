// Access tokens of calls.
#pragma once

#include <string_view>

#include "common/base/result.h"
#include "server/accounts/caller.h"
#include "server/accounts/context.h"

namespace starling::accounts {

class Authentication {
 public:
  explicit Authentication(Context& context) : context_(context) {}

  /// `header` is the value of Authorization.
  Result<Caller, Refusal> caller(std::string_view header) const;

 private:
  Context& context_;
};

}  // namespace starling::accounts
