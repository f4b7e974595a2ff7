#include "server/accounts/logins.h"

#include <utility>

#include "server/accounts/text.h"

namespace starling::accounts {
namespace {

/// Whatever was wrong: who guesses learns nothing of whom there is.
constexpr const char* kWrong = "handle or password: not right together";

}  // namespace

Result<Grant, Refusal> Logins::login(const Request& request, const Origin& origin) {
  const Moment now = context_.now();
  if (const auto ms = context_.attempts.take(origin.network, 1, now.at)) {
    return refuse(Why::Throttled, "too many attempts from your network; wait", ms);
  }
  if (!is_line(request.device_name, limits::kDeviceNameMax, true)) {
    return refuse(Why::BadField, "device_name: at most 64 characters on one line");
  }
  // What can be no handle is nobody's, and takes as long.
  const std::string handle = handle_of(request.handle).value_or(std::string());
  if (const auto ms = context_.guesses.attempt(handle, origin.network, now.at)) {
    return refuse(Why::Throttled, "too many wrong passwords; wait", ms);
  }
  auto account = verified(request, handle, origin);
  if (!account) return tl::unexpected(account.error());
  return enter(request, *account, origin);
}

Result<ports::Account, Refusal> Logins::verified(const Request& request, const std::string& handle,
                                                 const Origin& origin) {
  auto found = context_.store.read_as<ports::AccountFound>(ports::FindAccount{.handle = handle});
  if (!found) return tl::unexpected(found.error());
  const std::string stored = found->account ? found->account->password_hash : std::string();
  if (!context_.hasher.verify(stored, request.password)) {
    note_failure(found->account ? found->account->profile.user : UserId(), "login_failed", origin);
    return refuse(Why::BadCredentials, kWrong, context_.guesses.wait(handle, origin.network, context_.now().at));
  }
  ports::Account& account = *found->account;
  if (account.disabled) return refuse(Why::Forbidden, "the account is disabled; ask an administrator");
  if (account.totp_on) {
    if (auto good = second_factor(request, account, origin); !good) return tl::unexpected(good.error());
  }
  context_.guesses.succeeded(handle, origin.network);
  if (PasswordHasher::outdated(stored)) {
    context_.store.change(ports::PutPassword{.user = account.profile.user,
                                             .hash = context_.hasher.hash(request.password),
                                             .expected = stored,
                                             .now = context_.now().wall});
  }
  return std::move(account);
}

Result<void, Refusal> Logins::second_factor(const Request& request, const ports::Account& account,
                                            const Origin& origin) {
  const std::string& handle = account.profile.handle;
  if (!request.totp && !request.recovery_code) {
    context_.guesses.undecided(handle, origin.network);
    return refuse(Why::TotpRequired, "totp: send the authenticator's code, or recovery_code");
  }
  const auto good =
      request.totp ? factor_.take_code(account, *request.totp) : factor_.take_recovery(account, *request.recovery_code);
  if (!good) return tl::unexpected(good.error());
  if (*good) return {};
  note_failure(account.profile.user, "second_factor_failed", origin);
  return refuse(Why::BadCredentials, "totp: not a present code, or used before",
                context_.guesses.wait(handle, origin.network, context_.now().at));
}

Result<Grant, Refusal> Logins::enter(const Request& request, const ports::Account& account, const Origin& origin) {
  const WallTime now = context_.now().wall;
  const UserId user = account.profile.user;
  const RefreshToken refresh = RefreshToken::first();
  const ports::NewDevice device = make_device(user, request.device_name, origin, refresh, now);
  const auto added = context_.store.change_as<ports::DevicesRevoked>(
      ports::AddDevice{.device = device, .devices_max = limits::kDevicesMax},
      ports::AuditEntry{.kind = request.recovery_code && account.totp_on ? "login_by_recovery_code" : "login",
                        .at = now,
                        .user = user,
                        .device = device.device.device,
                        .by = user,
                        .address = origin.address});
  if (!added) return tl::unexpected(added.error());
  if (!added->found) return refuse(Why::Forbidden, "the account is disabled; ask an administrator");
  context_.revoke(added->devices);
  return make_grant(context_, user, device.device.device, account.profile.handle, refresh, now);
}

Result<Grant, Refusal> Logins::refresh(const std::string& text, const Origin& origin) {
  const Moment now = context_.now();
  const auto presented = RefreshToken::parse(text);
  const auto unknown = refuse(Why::Unauthorized, "the refresh token is not good any more; log in");
  if (!presented) return unknown;
  RefreshToken next = presented->successor();
  const auto rotated = context_.store.change_as<ports::RefreshRotated>(
      ports::RotateRefresh{.family = presented->family,
                           .presented = presented->digest(),
                           .next = next.digest(),
                           .next_sealed = seal_successor(*presented, next),
                           .address = origin.address,
                           .now = now.wall},
      ports::AuditEntry{.kind = "refresh_reused", .at = now.wall, .address = origin.address});
  if (!rotated) return tl::unexpected(rotated.error());
  switch (rotated->rotation) {
    case ports::Rotation::Rotated:
      break;
    case ports::Rotation::Repeated: {
      const auto same = open_successor(*presented, rotated->sealed);
      if (!same) return unknown;
      next = *same;
      break;
    }
    case ports::Rotation::Unknown: {
      // Who asks for families that do not exist is guessing.
      if (const auto ms = context_.attempts.take(origin.network, 1, now.at)) {
        return refuse(Why::Throttled, "too many attempts from your network; wait", ms);
      }
      return unknown;
    }
    case ports::Rotation::Reused:
      context_.revoke({{.device = rotated->device, .revoked = now.wall}});
      return refuse(Why::Unauthorized, "the refresh token was used before, by you or by somebody else; log in");
  }
  return make_grant(context_, rotated->user, rotated->device, rotated->handle, next, now.wall);
}

void Logins::note_failure(UserId user, const char* kind, const Origin& origin) {
  context_.store.change(
      ports::NoteOnly{},
      ports::AuditEntry{.kind = kind, .at = context_.now().wall, .user = user, .address = origin.address});
}

}  // namespace starling::accounts
