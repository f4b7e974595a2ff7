// Each request of the store seam as calls of the database, one round trip and one transaction, and their rows as its result.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// `carefully`: the server has refused a row of the batch.
std::vector<Call> calls_of(const ports::StoreRequest& request, bool carefully = false);
/// One answer a call. A CommitBatch's batch is not in it: it stays with the caller.
ports::StoreResult result_of(const ports::StoreRequest& request, std::span<const Rows> answers);
/// What an operation is told whose values the server refuses. Nothing: there is no word for that.
std::optional<ports::StoreResult> refused(const ports::StoreRequest& request);
/// What belongs together: operations of one key are done in the order in which they were submitted.
std::uint64_t key_of(const ports::StoreRequest& request);

}  // namespace starling::postgres
