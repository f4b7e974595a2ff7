// The view and its leases.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::KeepLease& request);
ports::LeaseKept result_of(const ports::KeepLease& request, std::span<const Rows> answers);

}  // namespace starling::postgres
