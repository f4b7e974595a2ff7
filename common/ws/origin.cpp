#include "common/ws/origin.h"

#include <algorithm>

namespace starling::ws {

bool origin_allowed(std::optional<std::string_view> origin, std::span<const std::string> allowed) {
  if (!origin) return true;
  if (*origin == "null" || origin->empty()) return false;
  return std::ranges::find(allowed, *origin) != allowed.end();
}

}  // namespace starling::ws
