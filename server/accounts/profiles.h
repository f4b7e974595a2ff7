// How people are seen: their own profile, others', and whom they block.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/accounts/caller.h"
#include "server/accounts/context.h"

namespace starling::accounts {

class Profiles {
 public:
  struct Change {
    std::optional<std::string> display_name;
    std::optional<std::string> avatar_color;
    std::optional<std::string> status_text;
  };

  explicit Profiles(Context& context) : context_(context) {}

  Result<ports::Account, Refusal> own(const Caller& caller);
  Result<ports::Profile, Refusal> change(const Caller& caller, const Change& change);
  Result<std::vector<ports::Profile>, Refusal> of(const std::vector<UserId>& users);
  Result<std::vector<ports::Profile>, Refusal> search(const std::string& prefix, std::uint32_t limit);

  Result<std::vector<ports::Profile>, Refusal> blocked(const Caller& caller);
  Result<void, Refusal> block(const Caller& caller, UserId user, bool on);

 private:
  Result<std::vector<ports::Profile>, Refusal> find(ports::AccountRead request);

  Context& context_;
};

}  // namespace starling::accounts
