// The numbers of a cluster's shards: those of node n go from n times kShardsPerNode on, however many it has.
#pragma once

#include <cstdint>

#include "server/ports/view.h"

namespace starling::ports {

inline constexpr std::uint16_t kShardsPerNode = 4;
inline constexpr std::uint16_t kNodesMax = kShardsMax / kShardsPerNode;

inline std::uint16_t number_of(const ViewNode& node) {
  return static_cast<std::uint16_t>(node.first.value / kShardsPerNode);
}

}  // namespace starling::ports
