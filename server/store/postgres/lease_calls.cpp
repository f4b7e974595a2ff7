#include "server/store/postgres/lease_calls.h"

#include <chrono>

namespace starling::postgres {
namespace {

constexpr Statement kKeepLease{"keep_lease", "SELECT * FROM keep_lease($1, $2, $3, $4, $5, $6, $7)"};

}  // namespace

std::vector<Call> calls_of(const ports::KeepLease& request) {
  const auto lease_us = std::chrono::duration_cast<std::chrono::microseconds>(request.lease).count();
  Params params;
  params.add(request.node.first).add(request.node.shards).add(request.node.boot).add(request.node.leaving);
  params.add(lease_us).add(request.known).add(ports::kViewsKept);
  return {{&kKeepLease, std::move(params)}};
}

ports::LeaseKept result_of(const ports::KeepLease&, std::span<const Rows> answers) {
  const Rows& rows = answers[0];
  ports::LeaseKept kept{.kept = rows.flag(0, 0)};
  if (!kept.kept) return kept;
  kept.now = rows.as<WallTime>(0, 1);
  const auto views = rows.numbers(0, 2);
  const auto firsts = rows.numbers(0, 3);
  const auto shards = rows.numbers(0, 4);
  const auto boots = rows.numbers(0, 5);
  const auto leavings = rows.numbers(0, 6);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const ViewId id(static_cast<std::uint64_t>(views[i]));
    if (kept.views.empty() || kept.views.back().id != id) kept.views.push_back({.id = id});
    kept.views.back().add({.first = ShardId(static_cast<std::uint16_t>(firsts[i])),
                           .shards = static_cast<std::uint16_t>(shards[i]),
                           .boot = static_cast<std::uint64_t>(boots[i]),
                           .leaving = leavings[i] != 0});
  }
  return kept;
}

}  // namespace starling::postgres
