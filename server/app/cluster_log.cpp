#include "server/app/cluster_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "server/app/exit_codes.h"
#include "server/app/service_notify.h"
#include "server/app/store_service.h"

namespace starling::app {
namespace {

using namespace std::chrono_literals;
constexpr Duration kStartTakes = 3s;

std::string text_of(const postgres::Seat& seat) {
  return fmt::format("a process that started at {:%F %T} UTC{}{}",
                     fmt::gmtime(static_cast<std::time_t>(seat.boot / 1'000'000'000)),
                     seat.connections.empty() ? "" : ", ", seat.connections);
}

}  // namespace

int explain_put_out(const Config& config, const runtime::Node& node) {
  const auto seat = StoreService::seat_of(config);
  const std::uint16_t number = *config.runtime.node;
  if (!seat || !*seat || (*seat)->boot == node.boot()) {
    spdlog::critical(
        "the cluster has gone on without this node: node {} did not renew its lease in time; starting again", number);
    return kExitTryAgain;
  }
  // Of two with one number the later one goes on: who was there must not come back and put that one out in turn. Who was
  // never there may be a restart on a machine whose clock was set back: the place is free when the lease is over.
  const bool was_there = !node.turns().empty();
  spdlog::critical(
      "{} {} the place of node {}; fix: give each node a number of its own (cluster.node), and a line in the "
      "cluster.peers of all others{}",
      text_of(**seat), was_there ? "has taken" : "has", number,
      was_there ? ", then start this one" : "; starting again");
  return was_there ? kExitReplaced : kExitTryAgain;
}

void ClockLog::look(const core::StoreClock& ahead) {
  if (!ahead) return;
  const bool apart = std::chrono::abs(*ahead) > core::kClocksApart;
  if (std::exchange(told_, apart) == apart) return;
  if (!apart) return spdlog::info("the clock of this machine and that of PostgreSQL's are of one time again");
  spdlog::warn(
      "the clock of PostgreSQL's machine is {} s {} this one's: messages and tokens keep to it within 5 s; fix: have "
      "both clocks set by NTP (chrony)",
      std::chrono::round<std::chrono::seconds>(std::chrono::abs(*ahead)).count(),
      *ahead > Duration::zero() ? "ahead of" : "behind");
}

void IsolationLog::look(Instant now, const std::string& why) {
  if (why.empty()) {
    since_ = kNever;
    if (!std::exchange(told_, false)) return;
    spdlog::info("heard by the others: rooms and users have their homes here");
    return service_notify("STATUS=serving");
  }
  since_ = std::min(since_, now);
  if (told_ || now < since_ + kStartTakes) return;
  told_ = true;
  spdlog::error(
      "nothing has its home here, and /readyz says so: {}; fix: what the bus says of it here and there; its key and "
      "address in cluster.peers on both sides, a firewall between them, one version of starlingd on all nodes",
      why);
  service_notify("STATUS=cut off from other nodes");
}

}  // namespace starling::app
