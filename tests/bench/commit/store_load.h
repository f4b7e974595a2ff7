// As many durable sends as the store takes: every sender sends again when it was answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/bench/commit/recorded.h"

namespace starling::bench {

struct Load {
  std::uint64_t rooms = 0;
  std::uint64_t senders_per_room = 0;
  std::size_t body_bytes = 0;
  std::chrono::seconds duration{0};
};

/// On a seeded database; every room has at least `senders_per_room` members. Dies when an answer is not Accepted.
Cost run_store(const std::string& path, const Load& load, Recorded& recorded);

}  // namespace starling::bench
