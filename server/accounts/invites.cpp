#include "server/accounts/invites.h"

#include "server/accounts/secrets.h"

namespace starling::accounts {
namespace {

Result<void, Refusal> administrator(const Caller& caller) {
  if (caller.admin()) return {};
  return refuse(Why::Forbidden, "only for administrators of this server");
}

ports::AuditEntry note(const char* kind, const Caller& caller, const Origin& origin, WallTime now) {
  return {.kind = kind, .at = now, .device = caller.device(), .by = caller.user(), .address = origin.address};
}

}  // namespace

Result<Invites::Made, Refusal> Invites::create(const Caller& caller, std::optional<std::uint64_t> uses,
                                               std::optional<std::uint64_t> expires_s, const Origin& origin) {
  if (auto may = administrator(caller); !may) return tl::unexpected(may.error());
  constexpr std::uint64_t kExpiresMax = std::chrono::seconds(limits::kInviteTtlMax).count();
  constexpr std::uint64_t kExpires = std::chrono::seconds(limits::kInviteTtl).count();
  if (uses && (*uses == 0 || *uses > limits::kInviteUsesMax)) return refuse(Why::BadField, "uses: 1 to 1000");
  if (expires_s && (*expires_s == 0 || *expires_s > kExpiresMax)) {
    return refuse(Why::BadField, "expires_s: a second to a year");
  }
  const WallTime now = context_.now().wall;
  const std::string code = invite_code();
  const auto made = context_.store.change_as<ports::InviteMade>(
      ports::CreateInvite{.code = digest_of(code),
                          .by = caller.user(),
                          .uses = static_cast<std::uint32_t>(uses.value_or(1)),
                          .now = now,
                          .expires = now + std::chrono::seconds(expires_s.value_or(kExpires))},
      note("invite", caller, origin, now));
  if (!made) return tl::unexpected(made.error());
  return Made{.invite = made->invite, .code = code};
}

Result<std::vector<ports::ServerInvite>, Refusal> Invites::list(const Caller& caller) {
  if (auto may = administrator(caller); !may) return tl::unexpected(may.error());
  auto listed = context_.store.read_as<ports::InvitesListed>(ports::ListInvites{});
  if (!listed) return tl::unexpected(listed.error());
  return std::move(listed->invites);
}

Result<void, Refusal> Invites::revoke(const Caller& caller, ports::InviteId invite, const Origin& origin) {
  if (auto may = administrator(caller); !may) return tl::unexpected(may.error());
  const auto done = context_.store.change_as<ports::ChangeDone>(
      ports::RevokeInvite{invite}, note("invite_revoked", caller, origin, context_.now().wall));
  if (!done) return tl::unexpected(done.error());
  if (!done->done) return refuse(Why::NotFound, "no such invitation");
  return {};
}

}  // namespace starling::accounts
