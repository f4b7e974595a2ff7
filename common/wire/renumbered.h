// How far back the log finds a send that has a new number (docs/decisions/0003).
#pragma once

#include <cstdint>

namespace starling::wire::limits {

/// Among so many of the newest events of its device in the room; also in migrations/postgres/0002_commit.sql.
inline constexpr std::uint32_t kRenumberedFoundMax = 32;

}  // namespace starling::wire::limits
