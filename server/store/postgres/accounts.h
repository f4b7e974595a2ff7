// Accounts in PostgreSQL, for the operator's tools: one operation by itself, beside nodes or without any.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/ports/accounts.h"
#include "server/store/postgres/part.h"

namespace starling::postgres {

/// The error says what to do. Before a change a database that is empty or of an older schema is brought up to date.
Result<ports::AccountResult, std::string> change_accounts(const Database& database,
                                                          const ports::ChangeAccounts& request);
Result<ports::AccountResult, std::string> read_accounts(const Database& database, const ports::AccountRead& request);

}  // namespace starling::postgres
