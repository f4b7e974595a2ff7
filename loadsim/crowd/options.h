// Everything that a run of a crowd is made of.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "loadsim/users/scenario.h"
#include "server/core/config.h"

namespace starling::crowd {

using namespace std::chrono_literals;

struct Span {
  Duration least{};
  Duration most{};
};

struct Options {
  std::uint64_t seed = 1;
  users::Scenario scenario;
  std::uint32_t nodes = 25;  // servers that know nothing of each other; the users are dealt out evenly
  std::uint32_t shards = 4;  // of each
  core::Config config;
  std::uint32_t ring_capacity = 8192;
  Span ring_latency{2us, 60us};
  Span link_latency{1ms, 40ms};
  Span read_latency{100us, 2ms};
  Span fsync_latency{300us, 4ms};
  Duration backoff_base = 1s;
  Duration backoff_cap = 8s;
  Duration rest_within = 30s;
};

/// What the options contain and a crowd does not do, or cannot: one sentence each, with what to change.
std::vector<std::string> refusals(const Options& options);

}  // namespace starling::crowd
