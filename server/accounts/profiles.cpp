#include "server/accounts/profiles.h"

#include "server/accounts/text.h"

namespace starling::accounts {

Result<ports::Account, Refusal> Profiles::own(const Caller& caller) {
  auto found = context_.store.read_as<ports::AccountFound>(ports::FindAccount{.user = caller.user()});
  if (!found) return tl::unexpected(found.error());
  if (!found->account) return refuse(Why::NotFound, "this user has no account");
  return std::move(*found->account);
}

Result<ports::Profile, Refusal> Profiles::change(const Caller& caller, const Change& change) {
  if (change.display_name && !is_line(*change.display_name, limits::kDisplayNameMax, false)) {
    return refuse(Why::BadField, "display_name: 1 to 64 characters on one line");
  }
  if (change.avatar_color && !is_color(*change.avatar_color)) return refuse(Why::BadField, "avatar_color: #rrggbb");
  if (change.status_text && !is_line(*change.status_text, limits::kStatusMax, true)) {
    return refuse(Why::BadField, "status_text: at most 140 characters on one line");
  }
  auto found = context_.store.change_as<ports::AccountFound>(ports::PutProfile{
      .user = caller.user(),
      .display_name = change.display_name,
      .avatar_color = change.avatar_color ? std::optional(folded(*change.avatar_color)) : std::nullopt,
      .status_text = change.status_text});
  if (!found) return tl::unexpected(found.error());
  if (!found->account) return refuse(Why::NotFound, "this user has no account");
  return std::move(found->account->profile);
}

Result<std::vector<ports::Profile>, Refusal> Profiles::find(ports::AccountRead request) {
  auto found = context_.store.read_as<ports::ProfilesFound>(std::move(request));
  if (!found) return tl::unexpected(found.error());
  return std::move(found->profiles);
}

Result<std::vector<ports::Profile>, Refusal> Profiles::of(const std::vector<UserId>& users) {
  if (users.empty()) return std::vector<ports::Profile>();
  return find(ports::FindProfiles{.users = users});
}

Result<std::vector<ports::Profile>, Refusal> Profiles::search(const std::string& prefix, std::uint32_t limit) {
  return find(ports::FindProfiles{.prefix = prefix, .limit = limit});
}

Result<std::vector<ports::Profile>, Refusal> Profiles::blocked(const Caller& caller) {
  return find(ports::ListBlocks{caller.user()});
}

Result<void, Refusal> Profiles::block(const Caller& caller, UserId user, bool on) {
  if (user == caller.user()) return refuse(Why::BadField, "nobody can block themselves");
  const auto done =
      context_.store.change_as<ports::ChangeDone>(ports::PutBlock{.user = caller.user(), .blocked = user, .on = on});
  if (!done) return tl::unexpected(done.error());
  if (!done->done) return refuse(Why::NotFound, "no such user");
  return {};
}

}  // namespace starling::accounts
