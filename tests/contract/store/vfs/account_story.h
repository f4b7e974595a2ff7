// A random story of accounts: invitations, registrations, refresh tokens and revoked devices, one change under way at a
// time. After a power loss the database holds what was acknowledged, and of the change under way all or nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/base/rng.h"
#include "server/ports/store.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::contract {

/// What the tables of accounts hold.
struct AccountBook {
  struct Device {
    DeviceId device;
    std::uint64_t token = 0;  // the current one
    bool revoked = false;
    bool operator==(const Device&) const = default;
  };
  std::map<UserId, Device> people;                 // each has one; none: device 0
  std::map<std::uint64_t, std::uint32_t> invites;  // code to the uses that are left
  std::uint64_t noted = 0;                         // in the audit log
  bool operator==(const AccountBook&) const = default;

  static AccountBook read(store::Connection& connection);
};

class AccountStory {
 public:
  /// The next change; nothing while one is under way.
  std::optional<ports::ChangeAccounts> next(Rng& rng);
  /// Empty, or what is wrong with the answer.
  std::string answered(const ports::AccountResult& result);
  /// What a loss has left. Empty, or what is wrong with it; the story goes on from there.
  std::string left(const AccountBook& found);

  std::uint64_t acked() const { return acked_; }

 private:
  ports::ChangeAccounts invite();
  ports::ChangeAccounts join(std::uint64_t code);
  ports::ChangeAccounts rotate(UserId user);
  ports::ChangeAccounts revoke(UserId user);
  ports::ChangeAccounts noted(ports::AccountChange change, const char* kind);

  AccountBook book_;                    // as acknowledged
  std::optional<AccountBook> planned_;  // with the change under way
  const char* under_way_ = "";
  std::uint64_t numbers_ = 0;  // of codes, users and tokens
  std::uint64_t acked_ = 0;
};

}  // namespace starling::contract
