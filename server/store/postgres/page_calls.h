// Pages of a log, and how far it has counted a device.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/asked.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::ReadPage& request);
ports::PageRead result_of(const ports::ReadPage& request, std::span<const Rows> answers);
/// Whether a standby that gave this page has all that the request needs (docs/decisions/0016).
bool reaches(const ports::PageRead& page, const ports::Floor& floor);

std::vector<Call> calls_of(Asked<ports::ReadDevice> asked);
Answered<ports::DeviceRead> results_of(Asked<ports::ReadDevice> asked, std::span<const Rows> answers);

}  // namespace starling::postgres
