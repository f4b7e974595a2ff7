#include "server/accounts/password_proof.h"

namespace starling::accounts {

Result<ports::Account, Refusal> PasswordProof::account(const Caller& caller, const std::string& password,
                                                       const Origin& origin) {
  const Moment now = context_.now();
  if (const auto ms = context_.attempts.take(origin.network, 1, now.at)) {
    return refuse(Why::Throttled, "too many attempts from your network; wait", ms);
  }
  auto found = context_.store.read_as<ports::AccountFound>(ports::FindAccount{.user = caller.user()});
  if (!found) return tl::unexpected(found.error());
  if (!found->account) return refuse(Why::NotFound, "this user has no account");
  const std::string handle = found->account->profile.handle;
  if (const auto ms = context_.guesses.attempt(handle, origin.network, now.at)) {
    return refuse(Why::Throttled, "too many wrong passwords; wait", ms);
  }
  if (!context_.hasher.verify(found->account->password_hash, password)) {
    return refuse(Why::BadCredentials, "password: not this account's",
                  context_.guesses.wait(handle, origin.network, now.at));
  }
  context_.guesses.succeeded(handle, origin.network);
  return std::move(*found->account);
}

}  // namespace starling::accounts
