#include "loadsim/sim/replication.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/base/probe.h"

namespace starling::sim {
namespace {

ports::StoreResult apply(Database& database, const Change& change) {
  if (const auto* cut = std::get_if<Cut>(&change)) {
    database.cut(cut->room, cut->min_seq);
    return ports::Done{};
  }
  const auto& write = std::get<Write>(change);
  return database.execute(write.request, write.found ? &*write.found : nullptr, write.at);
}

}  // namespace

Lsn Replication::flush(Change change) {
  log_.push_back(std::move(change));
  return ++flushed_;
}

ports::StoreResult Replication::show_next() {
  STARLING_ASSERT(visible_ < flushed_);
  return apply(*primary_, change(++visible_));
}

void Replication::catch_up(Standby& standby, Lsn to) {
  const ProbeCounts counted = probe_counts;  // on the primary
  while (standby.at < std::min(to, flushed_)) apply(standby.copy, change(++standby.at));
  probe_counts = counted;
  for (const Lsn needed = std::min({visible_, synchronous_.at, asynchronous_.at}); trimmed_ < needed; ++trimmed_) {
    log_.pop_front();
  }
}

void Replication::promote() {
  *primary_ = synchronous_.copy;
  start_over();
}

void Replication::start_over() {
  log_.clear();
  trimmed_ = visible_ = flushed_;
  if (!left_behind_) left_behind_ = std::move(asynchronous_);
  synchronous_ = asynchronous_ = {.copy = *primary_, .at = flushed_};
}

}  // namespace starling::sim
