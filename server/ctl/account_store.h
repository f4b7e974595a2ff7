// The account operations of starlingctl: one at a time on the configuration's database, whichever it is, each noted in the
// audit log as the operator's.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "common/base/result.h"
#include "server/ctl/options.h"
#include "server/ports/accounts.h"

namespace starling::ctl {

class AccountStore {
 public:
  /// Becomes the data directory's owner where that is needed. The error says what to do.
  static Result<AccountStore, std::string> open(const Options& options);

  const app::Config& config() const { return config_; }

  template <class Answer>
  Result<Answer, std::string> read(const ports::AccountRead& request) const {
    return as<Answer>(found(request));
  }
  template <class Answer>
  Result<Answer, std::string> change(ports::AccountChange request, const char* kind, UserId user = {},
                                     DeviceId device = {}) const {
    return as<Answer>(
        changed({.request = std::move(request),
                 .audit = ports::AuditEntry{.kind = kind, .at = wall_now(), .user = user, .device = device}}));
  }
  /// The account of a handle, whatever its case.
  Result<ports::Account, std::string> account(const std::string& handle) const;

 private:
  explicit AccountStore(app::Config config) : config_(std::move(config)) {}

  Result<ports::AccountResult, std::string> found(const ports::AccountRead& request) const;
  /// Makes the directory and the database where there are none.
  Result<ports::AccountResult, std::string> changed(const ports::ChangeAccounts& change) const;

  template <class Answer>
  static Result<Answer, std::string> as(Result<ports::AccountResult, std::string> result) {
    if (!result) return tl::unexpected(result.error());
    if (auto* answer = std::get_if<Answer>(&*result)) return std::move(*answer);
    return tl::unexpected(std::string("the database's rules are against it"));
  }

  app::Config config_;
};

/// A password, from the terminal without showing it, or the first line of standard input. Never an argument: those are
/// everybody's to read.
Result<std::string, std::string> read_password(const std::string& prompt);

}  // namespace starling::ctl
