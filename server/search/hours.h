// Times in the index: by the hour.
#pragma once

#include <cstdint>

namespace starling::search {

/// Of a time in ms since 1970, before it too.
constexpr std::int64_t hour_of(std::int64_t ms) {
  constexpr std::int64_t kHour = 3'600'000;
  return ms >= 0 ? ms / kHour : -((-(ms + 1)) / kHour) - 1;
}
static_assert(hour_of(0) == 0 && hour_of(-1) == -1 && hour_of(3'600'000) == 1 && hour_of(-3'600'001) == -2);

}  // namespace starling::search
