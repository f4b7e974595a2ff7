// Who is in which room of this shard.
#include "server/core/room_locals.h"

#include <algorithm>
#include <utility>

#include "common/base/probe.h"

namespace starling::core {
namespace {

/// Sweeps without a session before a room is forgotten: twenty seconds at least.
constexpr std::uint8_t kDesertedSweepsMax = 2;

/// Takes `session` out; the order of recipients means nothing.
void drop(std::vector<std::uint32_t>& sessions, std::uint32_t session) {
  const auto at = std::ranges::find(sessions, session);
  if (at == sessions.end()) return;
  *at = sessions.back();
  sessions.pop_back();
}

}  // namespace

// ---- rooms

RoomLocal* RoomLocals::find(RoomId room) {
  const auto slot = index_.find(room.value);
  return slot ? &locals_[*slot] : nullptr;
}

std::uint32_t RoomLocals::find_or_add(RoomId room) {
  if (const auto slot = index_.find(room.value)) return *slot;
  const std::uint32_t slot = locals_.add();
  locals_[slot].id = room;
  index_.set(room.value, slot);
  turn_.counters.rooms_local = locals_.used();
  return slot;
}

LocalExtras& RoomLocals::extras(RoomLocal& local) {
  if (local.extras == nullptr) local.extras = std::make_unique<LocalExtras>();
  return *local.extras;
}

void RoomLocals::forget(RoomLocal& local) {
  if (local.ready) links_.post(turn_.home(local.id), ports::LeaveRoom{local.id});
  pages_.forget(local.id);
  const std::uint32_t slot = slot_of(local);
  index_.erase(local.id.value);
  locals_.remove(slot);
  turn_.counters.rooms_local = locals_.used();
}

void RoomLocals::sweep(std::uint32_t slots) {
  for (std::uint32_t n = std::min(slots, locals_.end()); n > 0; --n) {
    if (sweep_at_ >= locals_.end()) sweep_at_ = 0;
    RoomLocal& local = locals_[sweep_at_++];
    if (!local.id) continue;
    if (!local.deserted()) {
      local.idle_sweeps = 0;
    } else if (++local.idle_sweeps > kDesertedSweepsMax) {
      forget(local);
    }
  }
}

// ---- memberships

Membership* RoomLocals::membership(std::uint32_t session, std::uint32_t slot) {
  for (Membership& m : sessions_.at(session).rooms) {
    if (m.local == slot) return &m;
  }
  return nullptr;
}

bool RoomLocals::is_member(const RoomLocal& local, std::uint32_t session, const Membership& m) const {
  if (m.stage == Stage::Asking) return false;
  if (m.stage != Stage::CatchUp) return true;
  const auto at = std::ranges::find(local.extras->catch_ups, session, &CatchUp::session);
  return at != local.extras->catch_ups.end() && !at->end;
}

const RoomLocal* RoomLocals::room_of(std::uint32_t session, RoomId room) {
  const auto slot = index_.find(room.value);
  if (!slot) return nullptr;
  const Membership* m = membership(session, *slot);
  return m != nullptr && is_member(locals_[*slot], session, *m) ? &locals_[*slot] : nullptr;
}

/// Takes the session out of whatever list its stage says.
void RoomLocals::unsubscribe(RoomLocal& local, std::uint32_t session, const Membership& m) {
  switch (m.stage) {
    case Stage::Live:
      return drop(local.live, session);
    case Stage::Quiet:
      return drop(local.quiet, session);
    case Stage::CatchUp:
      std::erase_if(extras(local).catch_ups, [&](const CatchUp& c) { return c.session == session; });
      sessions_.caught_up(session);
      return;
    case Stage::Asking:
    case Stage::Syncing:
      if (local.extras != nullptr) {
        std::erase_if(local.extras->syncs, [&](const PendingSync& s) { return s.session == session; });
      }
      return;
  }
}

void RoomLocals::end_membership(RoomLocal& local, std::uint32_t session) {
  const std::uint32_t slot = slot_of(local);
  std::erase_if(sessions_.at(session).rooms, [&](const Membership& m) { return m.local == slot; });
}

void RoomLocals::leave_all(std::uint32_t session) {
  for (const Membership& m : std::exchange(sessions_.at(session).rooms, {})) {
    RoomLocal& local = locals_[m.local];
    unsubscribe(local, session, m);
    if (local.extras == nullptr) continue;
    std::erase_if(local.extras->histories, [&](const PendingHistory& h) { return h.session == session; });
    if (local.extras->empty()) local.extras.reset();
  }
}

void RoomLocals::be_quiet(RoomLocal& local, std::uint32_t session, wire::SyncMode mode) {
  Membership& m = membership(session, local);
  m.stage = Stage::Quiet;
  m.mode = mode;
  local.quiet.push_back(session);
}

// ---- joining

void RoomLocals::ask_home(UserId user, const std::vector<RoomId>& rooms) {
  for (const ShardId shard : turn_.view.shards) {
    ports::JoinRooms join{.user = user};
    for (const RoomId room : rooms) {
      if (turn_.home(room) == shard) join.rooms.push_back(room);
    }
    if (join.rooms.empty()) continue;
    if (shard != turn_.self) {
      waiting_.insert(waiting_.end(), join.rooms.begin(), join.rooms.end());
      turn_.schedule.arm(Chore::Resend, turn_.now.at + turn_.config.forward_retry);
    }
    links_.post(shard, std::move(join));
  }
}

void RoomLocals::on(ports::JoinedRooms&& answer) {
  for (const ports::JoinedRoom& room : answer.rooms) {
    RoomLocal* local = find(room.at.room);
    if (local == nullptr) {
      links_.post(turn_.home(room.at.room), ports::LeaveRoom{room.at.room});
      continue;
    }
    if (room.status != ports::AskStatus::Ok || room.role == wire::Role::None) {
      const bool denied = room.status == ports::AskStatus::Ok;
      not_joined(*local, answer.user, denied ? ports::AskStatus::Absent : room.status);
      continue;
    }
    if (!local->ready) {
      local->ready = true;
      local->epoch = room.at.epoch;
      local->last = room.at.seq;
      local->min_seq = room.at.min_seq;
      local->msg_no = room.at.msg_no;
      local->hash = room.at.hash;
    } else if (room.at.epoch > local->epoch) {
      epoch_rose(*local, room.at);
    } else if (room.at.seq < local->last) {
      // Said before the home knew what this shard has delivered: a removal may lie between. Not at once, the home may
      // not know it for a while: whoever waits is asked about again with the next Resend.
      waiting_.push_back(local->id);
      turn_.schedule.arm(Chore::Resend, turn_.now.at + turn_.config.forward_retry);
      continue;
    } else {
      told_head(*local, room.at.seq);
    }
    note_visible(*local, answer.user, room.visible_from);
    joined(*local, answer.user);
  }
  flush_answers();
}

void RoomLocals::note_visible(RoomLocal& local, UserId user, Seq from) {
  if (from == Seq(1) && local.extras == nullptr) return;
  auto& late = extras(local).late;
  std::erase_if(late, [&](const JoinedLate& each) { return each.user == user; });
  if (from > Seq(1)) late.push_back({.user = user, .visible_from = from});
}

void RoomLocals::joined(RoomLocal& local, UserId user) {
  if (local.extras == nullptr) return;
  std::erase_if(local.extras->syncs, [&](const PendingSync& sync) {
    if (!sync.unasked || sessions_.at(sync.session).user != user) return false;
    be_quiet(local, sync.session, sync.mode);
    heads_moved(local);
    return true;
  });
  for (PendingSync& sync : local.extras->syncs) {
    if (sync.step != SyncStep::Join || sessions_.at(sync.session).user != user) continue;
    sync.step = SyncStep::Page;
    membership(sync.session, local).stage = Stage::Syncing;
  }
  std::vector<PendingHistory> ready;
  std::erase_if(local.extras->histories, [&](const PendingHistory& h) {
    if (sessions_.at(h.session).user != user) return false;
    ready.push_back(h);
    return true;
  });
  for (const PendingHistory& h : ready) {
    if (membership(h.session, local).stage == Stage::Asking) be_quiet(local, h.session, wire::SyncMode::Off);
    start_history(local, h.session, h.request);
  }
  settle(local);
}

void RoomLocals::not_joined(RoomLocal& local, UserId user, ports::AskStatus status) {
  if (local.extras == nullptr) return;
  const bool absent = status == ports::AskStatus::Absent;
  std::vector<std::uint32_t> gone;
  std::erase_if(local.extras->syncs, [&](const PendingSync& sync) {
    if (sync.step != SyncStep::Join || sessions_.at(sync.session).user != user) return false;
    gone.push_back(sync.session);
    if (sync.unasked && absent) {  // the user's home says so, or a list that has the room, when it was joined again
      core::extras(sessions_.at(sync.session)).lapsed.push_back(local.id);
      return true;
    }
    wire::SyncedRoom answered{.room = local.id,
                              .status = absent ? wire::SyncStatus::NotMember : wire::SyncStatus::Unavailable};
    if (!absent) answered.retry_after_ms = turn_.busy_retry_ms();
    answer(sync.session, std::move(answered));
    return true;
  });
  std::erase_if(local.extras->histories, [&](const PendingHistory& h) {
    if (sessions_.at(h.session).user != user) return false;
    end_history(h.session, h.request, absent ? wire::SyncStatus::NotMember : wire::SyncStatus::Unavailable);
    gone.push_back(h.session);
    return true;
  });
  for (const std::uint32_t session : gone) {
    const Membership* m = membership(session, slot_of(local));
    if (m != nullptr && m->stage == Stage::Asking) end_membership(local, session);
  }
  if (local.extras->empty()) local.extras.reset();
  // Rooms that do not exist can be asked for without end.
  if (!local.ready && local.deserted()) forget(local);
}

/// The user was removed by event `seq`, which its live sessions have just been sent: nothing after it is for them.
void RoomLocals::remove_user(RoomLocal& local, UserId user, Seq seq) {
  const auto is_theirs = [&](std::uint32_t session) { return sessions_.at(session).user == user; };
  std::erase_if(local.live, [&](std::uint32_t session) {
    if (!is_theirs(session)) return false;
    end_membership(local, session);
    return true;
  });
  bool again = false;
  // These have not seen the removal. When the user has been added again, the two may have been told as one change, which
  // looks like none.
  std::erase_if(local.quiet, [&](std::uint32_t session) {
    if (!is_theirs(session)) return false;
    Membership& m = membership(session, local);
    m.stage = Stage::Asking;
    extras(local).syncs.push_back({.session = session, .mode = m.mode, .unasked = true, .asked_at = turn_.now.at});
    again = true;
    return true;
  });
  if (local.extras == nullptr) return;
  for (CatchUp& c : local.extras->catch_ups) {
    if (c.end || !is_theirs(c.session)) continue;
    probe(Probe::kick_raced_delivery);
    c.end = seq;
  }
  for (PendingSync& sync : local.extras->syncs) {
    if (sync.step == SyncStep::Join || !is_theirs(sync.session)) continue;
    sync.again_from(SyncStep::Join);
    membership(sync.session, local).stage = Stage::Asking;
    again = true;
  }
  if (again) ask_home(user, {local.id});
}

void RoomLocals::describe(std::string& text, std::size_t bytes_max) const {
  for (std::uint32_t i = 0; i < locals_.end() && text.size() < bytes_max; ++i) {
    const RoomLocal& local = locals_[i];
    if (!local.id || local.extras == nullptr || local.extras->idle()) continue;
    text += "room " + std::to_string(local.id.value) + ": at " + std::to_string(local.last.value) + ", " +
            std::to_string(local.live.size()) + " live, " + std::to_string(local.extras->syncs.size()) + " syncing";
    if (local.extras->fetching) text += ", mending a gap";
    const auto& catch_ups = local.extras->catch_ups;
    if (const auto slowest = std::ranges::min_element(catch_ups, {}, &CatchUp::next); slowest != catch_ups.end()) {
      text += ", " + std::to_string(catch_ups.size()) + " catching up, the slowest, device " +
              std::to_string(sessions_.at(slowest->session).device.value) + ", is at " +
              std::to_string(slowest->next.prev().value) + " (acknowledged " + std::to_string(slowest->acked.value) +
              ")";
    }
    text += "; ";
  }
}

}  // namespace starling::core
