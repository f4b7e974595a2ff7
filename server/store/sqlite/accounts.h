// Accounts in a database file, for the operator's tools: one operation by itself, beside a server or without one.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/ports/accounts.h"

namespace starling::store {

/// The error says what to do. A database that is absent or of an older schema is brought up to date first.
Result<ports::AccountResult, std::string> change_accounts(const std::string& path,
                                                          const ports::ChangeAccounts& request);
Result<ports::AccountResult, std::string> read_accounts(const std::string& path, const ports::AccountRead& request);

}  // namespace starling::store
