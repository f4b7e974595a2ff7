#include "loadsim/load/final_sweep.h"

#include <algorithm>
#include <utility>

#include "loadsim/check/sweep.h"

namespace starling::load {

FinalSweep::FinalSweep(std::vector<const VirtualUser*> users) {
  for (const VirtualUser* user : users) {
    for (const check::WatchedRoom& room : user->watch().rooms()) watched_.push_back({.room = room.room, .user = user});
  }
  std::stable_sort(watched_.begin(), watched_.end(),
                   [](const Watched& a, const Watched& b) { return a.room < b.room; });
}

std::vector<RoomId> FinalSweep::rooms() const {
  std::vector<RoomId> rooms;
  for (const Watched& each : watched_) {
    if (rooms.empty() || rooms.back() != each.room) rooms.push_back(each.room);
  }
  return rooms;
}

Swept FinalSweep::run(check::Ledger& ledger, bool log_too, bool at_rest, check::Violations& violations) {
  Swept swept;
  check::LedgerRoom room;
  while (ledger.next(room)) {
    ++swept.rooms;
    swept.events += room.events.size();
    const auto begin = std::lower_bound(watched_.begin(), watched_.end(), room.room,
                                        [](const Watched& each, RoomId wanted) { return each.room < wanted; });
    for (auto at = begin; at != watched_.end() && at->room == room.room; ++at) settle_unknown(room, *at->user, swept);
    const check::RoomProof proof(std::move(room));
    if (log_too) proof.check_log(violations);
    for (auto at = begin; at != watched_.end() && at->room == proof.room().room; ++at) {
      const check::DeviceWatch& watch = at->user->watch();
      proof.check_device(watch, *watch.find(at->room), at_rest, violations);
      at->swept = true;
    }
    room = {};
  }
  report_missing(violations);
  return swept;
}

void FinalSweep::settle_unknown(const check::LedgerRoom& room, const VirtualUser& user, Swept& swept) const {
  for (const client::OutboxEntry& entry : user.session().outbox().entries(room.room)) {
    ++swept.unknown;
    swept.committed += std::any_of(room.events.begin(), room.events.end(), [&](const check::LedgerEvent& event) {
      return event.client_msg_id == entry.send.client_msg_id;
    });
  }
}

void FinalSweep::report_missing(check::Violations& violations) const {
  for (const Watched& each : watched_) {
    const check::WatchedRoom& seen = *each.user->watch().find(each.room);
    if (each.swept || !seen.seen.cursor()) continue;
    violations.report({.guarantee = check::Guarantee::G1_AckedIsDurable,
                       .room = each.room,
                       .seq = seen.seen.cursor(),
                       .user = each.user->watch().user(),
                       .device = each.user->watch().device(),
                       .text = "the room is not in the log at all"});
  }
}

}  // namespace starling::load
