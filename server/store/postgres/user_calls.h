// The rooms of a user, what was read of them, and what the user keeps beside them.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::LoadUser& request);
ports::UserLoaded result_of(const ports::LoadUser& request, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::LoadItems& request);
ports::ItemsLoaded result_of(const ports::LoadItems& request, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::PutItem& request);
ports::ItemStored result_of(const ports::PutItem& request, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::PutReadMarks& request);
ports::Done result_of(const ports::PutReadMarks& request, std::span<const Rows> answers);

}  // namespace starling::postgres
