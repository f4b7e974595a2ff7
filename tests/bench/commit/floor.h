// The floor: the same rows in the same transactions, by a bare loop over SQLite that asks nothing and checks nothing.
#pragma once

#include <string>

#include "tests/bench/commit/recorded.h"

namespace starling::bench {

/// On a copy of the database that the store's run began with. Its last state equals the store's.
Cost run_floor(const std::string& path, const Recorded& recorded);

}  // namespace starling::bench
