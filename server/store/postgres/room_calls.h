// Rooms beside their commits: loaded, made, checkpoints, epochs.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/asked.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(Asked<ports::LoadRoom> asked);
Answered<ports::RoomLoaded> results_of(Asked<ports::LoadRoom> asked, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::CreateRoom& request);
ports::RoomMade result_of(const ports::CreateRoom& request, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::PutCheckpoint& request);
ports::Done result_of(const ports::PutCheckpoint& request, std::span<const Rows> answers);

std::vector<Call> calls_of(const ports::RaiseEpoch& request);
ports::EpochRaised result_of(const ports::RaiseEpoch& request, std::span<const Rows> answers);

}  // namespace starling::postgres
