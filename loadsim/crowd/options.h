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
  std::uint32_t clusters = 25;  // that know nothing of each other; the users are dealt out evenly
  std::uint32_t nodes = 2;      // servers of each; n1, n2, … are numbered through all clusters
  std::uint32_t shards = 2;     // of each server
  core::Config config;
  std::uint32_t ring_capacity = 8192;
  Span ring_latency{2us, 60us};
  Span bus_latency{100us, 3ms};
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
