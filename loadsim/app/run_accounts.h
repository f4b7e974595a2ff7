// Who the users of a run are, and their tokens: minted with the server's key as they are needed, or read from a file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "loadsim/load/accounts.h"
#include "server/auth/keys.h"

namespace starling::loadsim {

/// Tokens carry a wide grant of sends: default limits are never changed for a test.
class MintedAccounts final : public load::Accounts {
 public:
  /// `seeded`: users 1 to N, as `starlingctl seed` makes them; else nobody has heard of them before.
  MintedAccounts(auth::TokenSecret secret, std::uint64_t seed, bool seeded);

  people::Account at(std::uint32_t index) const override;
  std::string token(std::uint32_t index) const override;

 private:
  auth::TokenSecret secret_;
  std::uint64_t seed_;
  bool seeded_;
};

/// One token a line, of devices that have not sent anything yet.
class ListedAccounts final : public load::Accounts {
 public:
  static Result<std::unique_ptr<ListedAccounts>, std::string> read(const std::string& path,
                                                                   const auth::ServerKeys& keys);

  std::size_t size() const { return accounts_.size(); }
  people::Account at(std::uint32_t index) const override { return accounts_[index]; }
  std::string token(std::uint32_t index) const override { return tokens_[index]; }

 private:
  std::vector<people::Account> accounts_;
  std::vector<std::string> tokens_;
};

}  // namespace starling::loadsim
