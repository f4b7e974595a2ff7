#include "server/accounts/registration.h"

#include "server/accounts/text.h"

namespace starling::accounts {
namespace {

/// A registration is seldom, and worth more to who sends spam than a guess.
constexpr std::uint32_t kCost = 3;

Result<void, Refusal> refusal_of(ports::Creation creation) {
  switch (creation) {
    case ports::Creation::Created:
      return {};
    case ports::Creation::Taken:
      return refuse(Why::Taken, "handle: it is taken; choose another one");
    case ports::Creation::Closed:
      return refuse(Why::Forbidden, "this server takes no registrations; ask its administrator for an account");
    case ports::Creation::InviteNeeded:
      return refuse(Why::Forbidden, "invite: this server takes who has been invited; ask somebody who is there");
    case ports::Creation::InviteBad:
      return refuse(Why::Forbidden, "invite: it is not known, used up or too old; ask for another one");
  }
  return {};
}

}  // namespace

Result<Grant, Refusal> Registration::run(const Request& request, const Origin& origin) {
  const Moment now = context_.now();
  if (const std::uint32_t ms = context_.attempts.take(origin.network, kCost, now.at)) {
    return refuse(Why::Throttled, "too many attempts from your network; wait", ms);
  }
  const auto handle = handle_of(request.handle);
  if (!handle) return refuse(Why::BadField, "handle: 2 to 32 of a-z, 0-9, '_', '.' and '-'");
  if (!request.display_name.empty() && !is_line(request.display_name, limits::kDisplayNameMax, false)) {
    return refuse(Why::BadField, "display_name: at most 64 characters on one line");
  }
  if (!is_line(request.device_name, limits::kDeviceNameMax, true)) {
    return refuse(Why::BadField, "device_name: at most 64 characters on one line");
  }
  if (auto good = check_password(request.password, *handle); !good) return tl::unexpected(good.error());

  const UserId user = random_user();
  const RefreshToken refresh = RefreshToken::first();
  const ports::NewDevice device = make_device(user, request.device_name, origin, refresh, now.wall);
  ports::CreateAccount create{
      .account = {.profile = {.user = user,
                              .handle = *handle,
                              .display_name = request.display_name.empty() ? *handle : request.display_name,
                              .avatar_color = default_color(user.value)},
                  .password_hash = context_.hasher.hash(request.password),
                  .created = now.wall},
      .device = device,
      .admission = context_.config.registration};
  if (!request.invite.empty()) create.invite = digest_of(request.invite);
  const auto made = context_.store.change_as<ports::AccountCreated>(std::move(create),
                                                                    ports::AuditEntry{.kind = "register",
                                                                                      .at = now.wall,
                                                                                      .user = user,
                                                                                      .device = device.device.device,
                                                                                      .by = user,
                                                                                      .address = origin.address});
  if (!made) return tl::unexpected(made.error());
  if (auto good = refusal_of(made->creation); !good) return tl::unexpected(good.error());
  if (made->room) context_.log_grew(made->room, made->head);
  context_.guesses.succeeded(*handle, origin.network);
  Grant grant = make_grant(context_, user, device.device.device, *handle, refresh, now.wall);
  grant.room = made->room;
  return grant;
}

Result<bool, Refusal> Registration::first() {
  const auto any = context_.store.read_as<ports::ChangeDone>(ports::AnyAccount{});
  if (!any) return tl::unexpected(any.error());
  return !any->done;
}

}  // namespace starling::accounts
