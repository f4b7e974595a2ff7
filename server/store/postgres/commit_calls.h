// A batch of a room: one call, in which the database judges it (migrations/postgres, commit_batch).
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// `carefully`: the server has refused a row of it; that one is found and rejected alone.
std::vector<Call> calls_of(const ports::CommitBatch& batch, bool carefully);
/// Everything but the batch, which stays with the caller.
ports::Committed result_of(const ports::CommitBatch& batch, std::span<const Rows> answers);

}  // namespace starling::postgres
