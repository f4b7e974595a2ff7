// Requests of the store seam as calls of the database, one round trip and one transaction, and their rows as its results.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/asked.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// What is asked at once: a single request, or some of one kind that go together.
using Requests = std::vector<const ports::StoreRequest*>;

/// As how many at most requests of its kind go together; 1: it goes alone.
std::size_t together_max(const ports::StoreRequest& request);

/// `carefully`: the server has refused a row of the batch.
std::vector<Call> calls_of(const Requests& requests, bool carefully = false);
/// From one answer a call, one for each request. Nothing: it is to be asked for alone. A CommitBatch's batch is not in it: it
/// stays with the caller.
Answered<ports::StoreResult> results_of(const Requests& requests, std::span<const Rows> answers);
/// What an operation is told whose values the server refuses. Nothing: there is no word for that.
std::optional<ports::StoreResult> refused(const ports::StoreRequest& request);
/// A CommitBatch is part of its own result, whatever became of it.
void give_back(ports::StoreRequest& request, ports::StoreResult& result);
/// What belongs together: operations of one key are done in the order in which they were submitted.
std::uint64_t key_of(const ports::StoreRequest& request);

}  // namespace starling::postgres
