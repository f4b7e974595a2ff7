// Sessions that are behind. They are pushed pages of the log, as far as their outbox and their credit allow, and are live
// again in the very turn in which nothing is left to push.
#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "server/core/room_locals.h"

namespace starling::core {

/// Everything of the room that waits goes on as far as it can.
void RoomLocals::settle(RoomLocal& local) {
  if (local.extras == nullptr) return;
  LocalExtras& x = *local.extras;
  restart_truncated(local);
  for (std::size_t i = 0; i < x.syncs.size();) {
    if (!advance(local, x.syncs[i])) {
      ++i;
      continue;
    }
    x.syncs.erase(x.syncs.begin() + static_cast<std::ptrdiff_t>(i));
  }
  flush_answers();
  for (std::size_t i = 0; i < x.catch_ups.size();) {
    if (pump(local, x.catch_ups[i]) == Pumped::Stays) {
      ++i;
      continue;
    }
    x.catch_ups[i] = x.catch_ups.back();
    x.catch_ups.pop_back();
  }
  if (x.empty()) local.extras.reset();
}

RoomLocals::Pumped RoomLocals::pump(RoomLocal& local, CatchUp& c) {
  const std::uint32_t session = c.session;
  Session& s = sessions_.at(session);
  while (!s.closing) {
    Seq goal = local.last;
    if (c.end) goal = std::min(goal, c.end);
    if (mutant(Mutant::M7_HistoryBeforeRegistration) && c.goal) goal = c.goal;
    if (c.next > goal) {
      sessions_.caught_up(session);
      if (c.end) {
        end_membership(local, session);
      } else {
        probe(Probe::catchup_to_live);
        membership(session, local).stage = Stage::Live;
        local.live.push_back(session);
      }
      return Pumped::Gone;
    }
    if (!sessions_.has_room(session)) {
      sessions_.lag(session);
      return Pumped::Stays;
    }
    const Seq allowed(c.acked.value + turn_.config.catchup_credit_events);
    if (c.next > allowed) {
      sessions_.set_out_of_credit(session, true);
      return Pumped::Stays;
    }
    const Page* page = pages_.find(local.id, c.next);
    if (page == nullptr && pages_.read(local.id, c.next.prev(), local.floor())) page = pages_.find(local.id, c.next);
    if (page == nullptr) return Pumped::Stays;
    const Seq last = std::min({goal, allowed, page->last()});
    for (; c.next <= last && !s.closing && sessions_.has_room(session); c.next = c.next.next()) {
      sessions_.send(session, page->at(c.next).frame);
      ++turn_.counters.events_delivered;
    }
  }
  return Pumped::Stays;
}

/// Retention has cut what some still lacked.
void RoomLocals::restart_truncated(RoomLocal& local) {
  LocalExtras& x = *local.extras;
  std::erase_if(x.catch_ups, [&](const CatchUp& c) {
    if (c.next >= local.min_seq) return false;
    sessions_.caught_up(c.session);
    if (c.end) {
      end_membership(local, c.session);  // the user's home has told it
      return true;
    }
    probe(Probe::resume_truncated);
    membership(c.session, local).stage = Stage::Syncing;
    // Judged anew, the cursor is below the oldest event.
    x.syncs.push_back({.session = c.session,
                       .step = SyncStep::Page,
                       .confirmed = true,
                       .cursor = {.epoch = local.epoch, .seq = c.next.prev()},
                       .asked_at = turn_.now.at});
    return true;
  });
}

void RoomLocals::page_read(const PageCall& call, ports::StoreCompletion&& done) {
  RoomLocal* local = find(call.room);
  auto* read = std::get_if<ports::PageRead>(&done.result);
  const bool failed = done.status != ports::StoreStatus::Ok || read == nullptr || !read->exists;
  const Page* page = pages_.arrived(call, failed ? nullptr : read);
  if (local == nullptr) return;
  if (failed || (page == nullptr && read->events.empty())) {
    reads_failed(*local);
  } else {
    local->min_seq = std::max(local->min_seq, read->min_seq);
    settle(*local);
  }
}

/// The store cannot say, or has less than was delivered: who has no answer yet is sent away for a while, who has one
/// goes on a little later.
void RoomLocals::reads_failed(RoomLocal& local) {
  if (local.extras == nullptr) return;
  std::erase_if(local.extras->syncs, [&](const PendingSync& sync) {
    if (sync.step != SyncStep::Page && sync.step != SyncStep::Window) return false;
    return unavailable(local, sync);
  });
  flush_answers();
  if (local.extras->catch_ups.empty()) {
    if (local.extras->empty()) local.extras.reset();
    return;
  }
  if (std::exchange(local.extras->retrying, true)) return;
  retries_.push_back(local.id);
  turn_.schedule.arm(Chore::StoreRetry, turn_.now.at + turn_.config.store_retry);
}

void RoomLocals::retry() {
  for (const RoomId room : std::exchange(retries_, {})) {
    RoomLocal* local = find(room);
    if (local == nullptr || local->extras == nullptr) continue;
    local->extras->retrying = false;
    if (local->extras->fetching) read_gap(*local);
    settle(*local);
  }
}

// ---- progress

void RoomLocals::resume(std::uint32_t session) {
  if (sessions_.at(session).catch_ups == 0) return;
  // A room may leave the list while it is gone through; what is left over gets its turn by another Drained.
  std::vector<std::uint32_t> slots;
  for (const Membership& m : sessions_.at(session).rooms) {
    if (m.stage == Stage::CatchUp) slots.push_back(m.local);
  }
  for (const std::uint32_t slot : slots) resume(locals_[slot], session);
}

/// Only this session's part of the room: that of the others has not changed.
void RoomLocals::resume(RoomLocal& local, std::uint32_t session) {
  if (local.extras == nullptr) return;
  auto& catch_ups = local.extras->catch_ups;
  if (const auto at = std::ranges::find(catch_ups, session, &CatchUp::session); at != catch_ups.end()) {
    flush_answers();
    if (pump(local, *at) == Pumped::Stays) return;
    *at = catch_ups.back();
    catch_ups.pop_back();
  }
  if (local.extras->empty()) local.extras.reset();
}

void RoomLocals::delivered(std::uint32_t session, const wire::Delivered& frame) {
  Session& s = sessions_.at(session);
  if (s.catch_ups == 0) return;
  bool progress = false;
  for (const wire::RoomSeq& each : frame.rooms) {
    RoomLocal* local = find(each.room);
    if (local == nullptr || local->extras == nullptr) continue;
    for (CatchUp& c : local->extras->catch_ups) {
      // What was never pushed cannot have been persisted.
      const Seq acked = std::min(each.seq, c.next.prev());
      if (c.session != session || acked <= c.acked) continue;
      c.acked = acked;
      progress = true;
    }
  }
  if (!progress) return;
  sessions_.set_out_of_credit(session, false);
  // Also with a full outbox: what may not be pushed now must be waited for, or nothing would ever push it.
  resume(session);
}

}  // namespace starling::core
