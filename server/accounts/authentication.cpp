#include "server/accounts/authentication.h"

namespace starling::accounts {
namespace {

constexpr std::string_view kScheme = "Bearer ";

}  // namespace

Result<Caller, Refusal> Authentication::caller(std::string_view header) const {
  if (!header.starts_with(kScheme)) {
    return refuse(Why::Unauthorized, "send Authorization: Bearer with the access token of a login");
  }
  const Moment now = context_.now();
  const auto claims = context_.authenticator.verify(header.substr(kScheme.size()), now.wall);
  if (!claims) {
    const bool untimely = auth::is_untimely(claims.error());
    return refuse(untimely ? Why::TokenExpired : Why::Unauthorized, auth::describe(claims.error()));
  }
  // A ticket resumes a connection and does nothing else.
  if (claims->from_ticket) return refuse(Why::Unauthorized, "this is a resume ticket; send the access token");
  if (context_.revoked.contains(claims->device)) {
    return refuse(Why::Unauthorized, "the device was revoked; log in again");
  }
  const std::string device = std::to_string(claims->device.value);
  if (const std::uint32_t ms = context_.calls_of_devices.take(device, 1, now.at)) {
    return refuse(Why::Throttled, "too many calls of this device; wait", ms);
  }
  auto found = context_.store.read_as<ports::AccountFound>(ports::FindAccount{.user = claims->user});
  if (!found) return tl::unexpected(found.error());
  // A user without an account has a token that the operator minted.
  const auto& account = found->account;
  if (account && account->disabled) return refuse(Why::Forbidden, "the account is disabled; ask an administrator");
  return Caller(claims->user, claims->device, account && account->admin);
}

}  // namespace starling::accounts
