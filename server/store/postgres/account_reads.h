// Accounts as the API asks for them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::ReadAccounts& request);
ports::AccountsAnswered result_of(const ports::ReadAccounts& request, std::span<const Rows> answers);

/// Of rows of whole accounts, as FindAccount reads them.
Call find_account(UserId user);
std::optional<ports::Account> account_of(const Rows& rows);

}  // namespace starling::postgres
