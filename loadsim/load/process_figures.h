// What this process costs.
#pragma once

#include <cstdint>

namespace starling::load {

/// User and system time.
std::uint64_t cpu_used_us();
std::uint64_t resident_kb();

}  // namespace starling::load
