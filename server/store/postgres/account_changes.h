// Changes of accounts, each with its row of the audit log.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::ChangeAccounts& request);
ports::AccountsAnswered result_of(const ports::ChangeAccounts& request, std::span<const Rows> answers);

}  // namespace starling::postgres
