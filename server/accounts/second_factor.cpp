#include "server/accounts/second_factor.h"

#include <span>

#include "server/accounts/seal.h"
#include "server/accounts/secrets.h"
#include "server/accounts/totp.h"

namespace starling::accounts {
namespace {

std::string seal_context(UserId user) { return "totp of " + std::to_string(user.value); }

std::span<const unsigned char> bytes_of(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

ports::AuditEntry note(const char* kind, const Caller& caller, const Origin& origin, WallTime now) {
  return {.kind = kind,
          .at = now,
          .user = caller.user(),
          .device = caller.device(),
          .by = caller.user(),
          .address = origin.address};
}

}  // namespace

std::optional<std::string> SecondFactor::seed_of(const ports::Account& account) const {
  return open_seal(context_.keys.credential.bytes, account.totp_sealed, seal_context(account.profile.user));
}

Result<bool, Refusal> SecondFactor::take_code(const ports::Account& account, const std::string& code) {
  const auto seed = seed_of(account);
  if (!seed)
    return refuse(Why::Busy, "the server cannot read its key for second factors; tell its operator",
                  limits::kBusyRetryMs);
  const auto step = totp::match(bytes_of(*seed), code, context_.now().wall, account.totp_step);
  if (!step) return false;
  const auto used =
      context_.store.change_as<ports::ChangeDone>(ports::UseTotpStep{.user = account.profile.user, .step = *step});
  if (!used) return tl::unexpected(used.error());
  return used->done;
}

Result<bool, Refusal> SecondFactor::take_recovery(const ports::Account& account, const std::string& code) {
  const auto used = context_.store.change_as<ports::ChangeDone>(
      ports::UseRecoveryCode{.user = account.profile.user, .code = recovery_digest(code)});
  if (!used) return tl::unexpected(used.error());
  return used->done;
}

Result<SecondFactor::Setup, Refusal> SecondFactor::begin(const Caller& caller, const std::string& password,
                                                         const std::string& issuer, const Origin& origin) {
  const auto account = proof_.account(caller, password, origin);
  if (!account) return tl::unexpected(account.error());
  if (account->totp_on) return refuse(Why::Conflict, "it is on already; end it first to set it up anew");
  const auto seed = random_bytes<totp::kSeedBytes>();
  const std::string_view text{reinterpret_cast<const char*>(seed.data()), seed.size()};
  const auto put = context_.store.change_as<ports::ChangeDone>(ports::PutTotp{
      .user = caller.user(), .sealed = seal(context_.keys.credential.bytes, text, seal_context(caller.user()))});
  if (!put) return tl::unexpected(put.error());
  const std::string secret = base32(seed);
  return Setup{.secret = secret, .uri = totp::uri(secret, account->profile.handle, issuer)};
}

Result<std::vector<std::string>, Refusal> SecondFactor::confirm(const Caller& caller, const std::string& code,
                                                                const Origin& origin) {
  const Moment now = context_.now();
  if (const auto ms = context_.attempts.take(origin.network, 1, now.at)) {
    return refuse(Why::Throttled, "too many attempts from your network; wait", ms);
  }
  const auto found = context_.store.read_as<ports::AccountFound>(ports::FindAccount{.user = caller.user()});
  if (!found) return tl::unexpected(found.error());
  if (!found->account) return refuse(Why::NotFound, "this user has no account");
  const ports::Account& account = *found->account;
  if (account.totp_on || account.totp_sealed.empty()) {
    return refuse(Why::Conflict, "nothing waits to be confirmed; begin with POST /v1/me/totp");
  }
  const auto seed = seed_of(account);
  const auto step = seed ? totp::match(bytes_of(*seed), code, now.wall, 0) : std::nullopt;
  if (!step) return refuse(Why::BadField, "code: not the present one; check the clock of the phone");
  std::vector<std::string> codes;
  ports::PutTotp put{.user = caller.user(), .sealed = account.totp_sealed, .on = true, .step = *step};
  for (std::size_t i = 0; i < limits::kRecoveryCodes; ++i) {
    codes.push_back(recovery_code());
    put.recovery.push_back(recovery_digest(codes.back()));
  }
  const auto done =
      context_.store.change_as<ports::ChangeDone>(std::move(put), note("totp_on", caller, origin, now.wall));
  if (!done) return tl::unexpected(done.error());
  return codes;
}

Result<void, Refusal> SecondFactor::end(const Caller& caller, const std::string& password, const std::string& code,
                                        const Origin& origin) {
  const auto account = proof_.account(caller, password, origin);
  if (!account) return tl::unexpected(account.error());
  if (!account->totp_on) return refuse(Why::Conflict, "it is not on");
  auto good = take_code(*account, code);
  if (good && !*good) good = take_recovery(*account, code);
  if (!good) return tl::unexpected(good.error());
  if (!*good) return refuse(Why::BadCredentials, "code: not a present one, or used before");
  const auto done = context_.store.change_as<ports::ChangeDone>(ports::PutTotp{.user = caller.user()},
                                                                note("totp_off", caller, origin, context_.now().wall));
  if (!done) return tl::unexpected(done.error());
  return {};
}

}  // namespace starling::accounts
