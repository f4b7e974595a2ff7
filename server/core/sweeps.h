// What a shard's tables keep of what nobody uses any more. A sweep visits a part of each table (shard.cpp).
#pragma once

#include <cstdint>

namespace starling::core {

/// Sweeps without use before something is forgotten: ten minutes at least; more where a table has over 4,096 slots.
constexpr std::uint16_t kIdleSweepsMax = 60;

}  // namespace starling::core
