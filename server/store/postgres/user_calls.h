// The rooms of a user, what was read of them, and what the user keeps beside them.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/asked.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(Asked<ports::LoadUser> asked);
Answered<ports::UserLoaded> results_of(Asked<ports::LoadUser> asked, std::span<const Rows> answers);

std::vector<Call> calls_of(Asked<ports::LoadItems> asked);
Answered<ports::ItemsLoaded> results_of(Asked<ports::LoadItems> asked, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::PutItem& request);
ports::ItemStored result_of(const ports::PutItem& request, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::PutReadMarks& request);
ports::Done result_of(const ports::PutReadMarks& request, std::span<const Rows> answers);

}  // namespace starling::postgres
