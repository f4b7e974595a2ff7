#include "server/accounts/devices.h"

namespace starling::accounts {
namespace {

ports::AuditEntry note(const char* kind, const Caller& caller, DeviceId device, const Origin& origin, WallTime now) {
  return {
      .kind = kind, .at = now, .user = caller.user(), .device = device, .by = caller.user(), .address = origin.address};
}

}  // namespace

Result<std::vector<ports::AccountDevice>, Refusal> Devices::list(const Caller& caller) {
  auto listed = context_.store.read_as<ports::DevicesListed>(ports::ListDevices{caller.user()});
  if (!listed) return tl::unexpected(listed.error());
  return std::move(listed->devices);
}

Result<void, Refusal> Devices::revoke(const Caller& caller, DeviceId device, const Origin& origin) {
  const WallTime now = context_.now().wall;
  const auto revoked = context_.store.change_as<ports::DevicesRevoked>(
      ports::RevokeDevices{.user = caller.user(), .device = device, .now = now},
      note(device == caller.device() ? "logout" : "revoke", caller, device, origin, now));
  if (!revoked) return tl::unexpected(revoked.error());
  context_.revoke(revoked->devices);
  // A device of a token that the operator minted is in no table; it ends all the same.
  if (device == caller.device()) context_.revoke({{.device = device, .revoked = now}});
  if (!revoked->found && device != caller.device()) return refuse(Why::NotFound, "no such device of yours");
  return {};
}

Result<void, Refusal> Devices::revoke_others(const Caller& caller, const Origin& origin) {
  const WallTime now = context_.now().wall;
  const auto revoked = context_.store.change_as<ports::DevicesRevoked>(
      ports::RevokeDevices{.user = caller.user(), .except = caller.device(), .now = now},
      note("revoke_others", caller, caller.device(), origin, now));
  if (!revoked) return tl::unexpected(revoked.error());
  context_.revoke(revoked->devices);
  return {};
}

Result<void, Refusal> Devices::change_password(const Caller& caller, const std::string& password,
                                               const std::string& new_password, const Origin& origin) {
  const auto account = proof_.account(caller, password, origin);
  if (!account) return tl::unexpected(account.error());
  if (auto good = check_password(new_password, account->profile.handle); !good) return tl::unexpected(good.error());
  const WallTime now = context_.now().wall;
  const auto put =
      context_.store.change_as<ports::DevicesRevoked>(ports::PutPassword{.user = caller.user(),
                                                                         .hash = context_.hasher.hash(new_password),
                                                                         .expected = account->password_hash,
                                                                         .revoke = true,
                                                                         .except = caller.device(),
                                                                         .now = now},
                                                      note("password", caller, caller.device(), origin, now));
  if (!put) return tl::unexpected(put.error());
  if (!put->found) return refuse(Why::Conflict, "the password was changed meanwhile; try again");
  context_.revoke(put->devices);
  return {};
}

}  // namespace starling::accounts
