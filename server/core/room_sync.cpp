// Subscribing and resuming: a cursor is held against the log, and the answer says where the events begin.
#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "server/core/room_locals.h"

namespace starling::core {
namespace {

/// Where a window begins: at the checkpoint at or before `head - window`, whose hash the store has at hand.
Seq window_start(Seq head, std::uint64_t window) {
  const std::uint64_t seq = head.value > window ? head.value - window : 0;
  return Seq(seq - seq % ports::kCheckpointEvery);
}

/// Rooms of one Synced frame: with 100 bytes each at most they fit a message twice over.
constexpr std::size_t kAnswersMax = 256;

/// Of a room that is named twice the last word counts. The engine names them in order, once.
void drop_doubles(std::vector<wire::SyncRoom>& rooms) {
  if (std::ranges::adjacent_find(rooms, std::greater_equal(), &wire::SyncRoom::room) == rooms.end()) return;
  std::map<RoomId, wire::SyncRoom> last;
  for (wire::SyncRoom& room : rooms) last.insert_or_assign(room.room, std::move(room));
  rooms.clear();
  for (auto& [id, room] : last) rooms.push_back(std::move(room));
}

bool is_of_epoch(const RoomLocal& local, const PendingSync& sync) {
  return sync.cursor.epoch == local.epoch || mutant(Mutant::M20_EpochIgnored);
}

/// How long the device knows the log to be. What it knows of another epoch says nothing about this one.
Seq claimed_of(const RoomLocal& local, const PendingSync& sync) {
  return is_of_epoch(local, sync) ? std::max(sync.cursor.seq, sync.floor) : Seq();
}

}  // namespace

void RoomLocals::sync(std::uint32_t session, wire::Sync&& frame) {
  Session& s = sessions_.at(session);
  drop_doubles(frame.rooms);
  if (s.rooms.empty()) s.rooms.reserve(frame.rooms.size());
  std::vector<RoomId> to_join;
  for (const wire::SyncRoom& ask : frame.rooms) {
    if (!ask.room) continue;
    if (s.extras != nullptr) std::erase(s.extras->lapsed, ask.room);
    if (turn_.may_be_replaced()) {
      probe(Probe::outside_view_unready);
      put_off(session, ask.room, turn_.busy_retry_ms());
      continue;
    }
    if (const std::uint32_t wait_ms = s.asks.take(turn_.config, 1, turn_.now.at); wait_ms != 0) {
      put_off(session, ask.room, wait_ms);
      continue;
    }
    const std::uint32_t slot = find_or_add(ask.room);
    RoomLocal& local = locals_[slot];
    Membership* old = membership(session, slot);
    const bool member = old != nullptr && local.ready && is_member(local, session, *old);
    if (old != nullptr) {
      unsubscribe(local, session, *old);
    } else if (s.rooms.size() >= turn_.config.rooms_per_session_max) {
      put_off(session, ask.room, turn_.busy_retry_ms());
      continue;
    } else {
      s.rooms.push_back({.local = slot});
    }
    Membership& m = old != nullptr ? *old : s.rooms.back();
    m.stage = member ? Stage::Syncing : Stage::Asking;
    m.mode = ask.mode;
    extras(local).syncs.push_back({.session = session,
                                   .step = member ? SyncStep::Page : SyncStep::Join,
                                   .mode = ask.mode,
                                   .cursor = ask.cursor,
                                   .floor = ask.floor,
                                   .asked_at = turn_.now.at});
    if (member) {
      begin(local);
    } else {
      to_join.push_back(ask.room);
    }
  }
  flush_answers();
  if (!to_join.empty()) ask_home(s.user, to_join);
}

/// The room's newest Sync, of a member, waits for none of the others.
void RoomLocals::begin(RoomLocal& local) {
  auto& syncs = local.extras->syncs;
  const std::uint32_t session = syncs.back().session;
  if (!advance(local, syncs.back())) return;
  syncs.pop_back();
  resume(local, session);
}

/// Nothing has changed; the client asks again.
void RoomLocals::put_off(std::uint32_t session, RoomId room, std::uint32_t retry_after_ms) {
  answer(session, {.room = room, .status = wire::SyncStatus::Unavailable, .retry_after_ms = retry_after_ms});
}

// ---- answers

wire::SyncedRoom RoomLocals::answer_for(const RoomLocal& local, std::uint32_t session, wire::SyncStatus status) {
  wire::SyncedRoom room{.room = local.id,
                        .status = status,
                        .epoch = local.epoch,
                        .head = local.last,
                        .head_msg_no = local.msg_no,
                        .min_seq = local.visible_from(sessions_.at(session).user)};
  const Session& s = sessions_.at(session);
  if (s.extras == nullptr) return room;
  const auto mark = std::ranges::lower_bound(s.extras->marks, local.id, {}, &wire::ReadMark::room);
  if (mark != s.extras->marks.end() && mark->room == local.id) {
    room.read_seq = mark->seq;
    room.read_msg_no = mark->msg_no;
  }
  return room;
}

/// Answers of one session share a frame until something else is sent.
void RoomLocals::answer(std::uint32_t session, wire::SyncedRoom&& room) {
  if (answers_to_ != session || answers_.size() == kAnswersMax) flush_answers();
  answers_to_ = session;
  answers_.push_back(std::move(room));
}

void RoomLocals::flush_answers() {
  if (answers_.empty()) return;
  wire::ServerFrame frame{wire::Synced{.rooms = std::move(answers_)}};
  sessions_.send(answers_to_, frame);
  answers_ = std::move(std::get<wire::Synced>(frame).rooms);
  answers_.clear();
}

bool RoomLocals::unavailable(RoomLocal& local, const PendingSync& sync) {
  wire::SyncedRoom room = answer_for(local, sync.session, wire::SyncStatus::Unavailable);
  room.retry_after_ms = turn_.busy_retry_ms();
  answer(sync.session, std::move(room));
  be_quiet(local, sync.session, wire::SyncMode::Off);
  return true;
}

// ---- the judgement

/// True when the sync is answered, and over.
bool RoomLocals::advance(RoomLocal& local, PendingSync& sync) {
  switch (sync.step) {
    case SyncStep::Join:
    case SyncStep::Verify:
    case SyncStep::Dispute:
      return false;
    case SyncStep::Page:
      return judge(local, sync);
    case SyncStep::Window:
      return open_window(local, sync);
    case SyncStep::Epoch: {
      if (!sync.device_read) return false;
      wire::SyncedRoom room = answer_for(
          local, sync.session, sync.mode == wire::SyncMode::Off ? wire::SyncStatus::Off : wire::SyncStatus::Heads);
      room.next_cseq = sync.next_cseq;
      answer(sync.session, std::move(room));
      be_quiet(local, sync.session, sync.mode);
      return true;
    }
  }
  return false;
}

bool RoomLocals::judge(RoomLocal& local, PendingSync& sync) {
  const bool held = static_cast<bool>(sync.cursor.epoch);
  // A device from a later epoch knows of a history that this log does not have.
  if (held && sync.cursor.epoch > local.epoch) return dispute(local, sync);
  const bool same_epoch = is_of_epoch(local, sync);
  const bool claims_more = claimed_of(local, sync) > local.last;
  const bool in_doubt = !sync.confirmed && may_be_behind(local);
  if (sync.mode != wire::SyncMode::Off && (claims_more || in_doubt)) return verify(local, sync);
  if (sync.mode != wire::SyncMode::Full) {
    sync.step = SyncStep::Epoch;
    sync.device_read = held && same_epoch;
    if (!sync.device_read) read_device(local, sync);
    return advance(local, sync);
  }
  if (!held) return reset(local, sync, wire::ResetReason::NewDevice);
  if (!same_epoch) return reset(local, sync, wire::ResetReason::Epoch);
  // A window that would begin at or before the cursor spares the device nothing.
  const bool window_is_ahead = window_start(local.last, turn_.config.window_events) > sync.cursor.seq;
  if (window_is_ahead && local.last.value - sync.cursor.seq.value > turn_.config.reset_beyond_events) {
    return reset(local, sync, wire::ResetReason::TooFar);
  }
  if (sync.cursor.seq.next() < local.visible_from(sessions_.at(sync.session).user)) {
    probe(Probe::resume_truncated);
    return reset(local, sync, wire::ResetReason::Truncated);
  }
  const auto hash = hash_at(local, sync.cursor.seq);
  if (!hash) return false;
  if (*hash != sync.cursor.hash) return dispute(local, sync);
  ++turn_.counters.resumes;
  wire::SyncedRoom room = answer_for(local, sync.session, wire::SyncStatus::Live);
  room.start = sync.cursor;
  answer(sync.session, std::move(room));
  attach(local, sync.session, sync.cursor.seq);
  return true;
}

/// The log's hash at `seq`; a page is read when it is not at hand.
std::optional<PrefixHash> RoomLocals::hash_at(const RoomLocal& local, Seq seq) {
  if (seq == local.last) return local.hash;
  if (!seq) return PrefixHash();
  if (const auto hash = pages_.hash_at(local.id, seq)) return hash;
  if (!pages_.read(local.id, seq, local.floor())) return std::nullopt;
  return pages_.hash_at(local.id, seq);
}

/// The device claims to know more than this shard: either the shard is behind, or it is another history. Or the shard may
/// be behind and not know it.
bool RoomLocals::verify(RoomLocal& local, PendingSync& sync) {
  sync.step = SyncStep::Verify;
  sync.read = 0;
  // Not by a read that is under way: it may be older than what the device has seen.
  const bool reading = std::ranges::any_of(
      local.extras->syncs, [](const PendingSync& s) { return s.step == SyncStep::Verify && s.read != 0; });
  if (!reading) read_head(local);
  return false;
}

/// For all that wait for it.
void RoomLocals::read_head(RoomLocal& local) {
  ++reads_;
  for (PendingSync& sync : local.extras->syncs) {
    if (sync.step == SyncStep::Verify) sync.read = reads_;
  }
  store_.submit(ports::ReadPage{.room = local.id, .from = local.last, .limit = 1, .bytes_max = 1},
                VerifyCall{.room = local.id, .number = reads_});
}

void RoomLocals::verified(const VerifyCall& call, const ports::StoreCompletion& done) {
  RoomLocal* local = find(call.room);
  if (local == nullptr || local->extras == nullptr) return;
  const auto* page = std::get_if<ports::PageRead>(&done.result);
  const bool known = done.status == ports::StoreStatus::Ok && page != nullptr && page->epoch == local->epoch;
  const bool whole = known && page->head <= local->last;
  const bool in_doubt = !whole && may_be_behind(*local);
  probe(Probe::silent_home_was_ahead, known && in_doubt);
  auto& syncs = local->extras->syncs;
  for (std::size_t i = 0; i < syncs.size();) {
    PendingSync& sync = syncs[i];
    const Seq claimed = claimed_of(*local, sync);
    if (sync.step != SyncStep::Verify || sync.read != call.number) {
      ++i;
    } else if (claimed <= local->last && !in_doubt) {
      sync.step = SyncStep::Page;
      sync.confirmed = whole;
      ++i;
    } else if (known && claimed > page->head) {
      dispute(*local, sync);
      ++i;
    } else {
      if (done.status == ports::StoreStatus::Ok) fetch(*local);
      unavailable(*local, sync);
      syncs.erase(syncs.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  const auto came_later = [](const PendingSync& s) { return s.step == SyncStep::Verify && s.read == 0; };
  if (std::ranges::any_of(syncs, came_later)) read_head(*local);
  settle(*local);
}

bool RoomLocals::dispute(RoomLocal& local, PendingSync& sync) {
  sync.step = SyncStep::Dispute;
  sync.asked_at = turn_.now.at;
  if (turn_.home(local.id) == turn_.self) {
    waiting_.push_back(local.id);
    turn_.schedule.arm(Chore::Resend, turn_.now.at + turn_.config.forward_retry);
  }
  links_.ask(turn_.home(local.id),
             ports::DisputeEpoch{.room = local.id, .epoch = local.epoch, .seen = sync.cursor.epoch});
  return false;
}

// ---- resets

bool RoomLocals::reset(RoomLocal& local, PendingSync& sync, wire::ResetReason reason) {
  ++turn_.counters.resets;
  sync.step = SyncStep::Window;
  sync.reason = reason;
  sync.start = window_start(local.last, turn_.config.window_events);
  sync.device_read = false;
  read_device(local, sync);
  return open_window(local, sync);
}

void RoomLocals::read_device(RoomLocal& local, PendingSync& sync) {
  sync.read = ++reads_;
  store_.submit(ports::ReadDevice{.room = local.id, .device = sessions_.at(sync.session).device},
                DeviceCall{.room = local.id, .conn = sessions_.conn(sync.session), .number = sync.read});
}

void RoomLocals::device_read(const DeviceCall& call, const ports::StoreCompletion& done) {
  RoomLocal* local = find(call.room);
  if (local == nullptr || local->extras == nullptr || sessions_.find(call.conn) == nullptr) return;
  auto& syncs = local->extras->syncs;
  const auto at = std::ranges::find(syncs, call.conn.index, &PendingSync::session);
  if (at == syncs.end() || at->read != call.number) return;
  if (at->step != SyncStep::Window && at->step != SyncStep::Epoch) return;
  const auto* device = std::get_if<ports::DeviceRead>(&done.result);
  if (done.status == ports::StoreStatus::Ok && device != nullptr) {
    at->device_read = true;
    at->next_cseq = device->last_cseq.next();
  } else {
    unavailable(*local, *at);
    syncs.erase(at);
  }
  settle(*local);
}

bool RoomLocals::open_window(RoomLocal& local, PendingSync& sync) {
  const Seq oldest = local.visible_from(sessions_.at(sync.session).user);
  probe(Probe::history_hidden, oldest > local.min_seq && sync.start.next() < oldest);
  if (sync.start.next() < oldest) sync.start = oldest.prev();
  const auto hash = hash_at(local, sync.start);
  if (!hash || !sync.device_read) return false;
  wire::SyncedRoom room = answer_for(local, sync.session, wire::SyncStatus::Reset);
  room.reason = sync.reason;
  room.start = {.epoch = local.epoch, .seq = sync.start, .hash = *hash};
  room.next_cseq = sync.next_cseq;
  answer(sync.session, std::move(room));
  attach(local, sync.session, sync.start);
  return true;
}

/// From here on the session gets every event after `from`.
void RoomLocals::attach(RoomLocal& local, std::uint32_t session, Seq from) {
  Membership& m = membership(session, local);
  m.mode = wire::SyncMode::Full;
  if (from == local.last) {
    m.stage = Stage::Live;
    local.live.push_back(session);
    return;
  }
  m.stage = Stage::CatchUp;
  ++sessions_.at(session).catch_ups;
  extras(local).catch_ups.push_back({.session = session, .next = from.next(), .acked = from, .goal = local.last});
}

// ---- epochs

void RoomLocals::on(const ports::EpochNotice& notice) {
  RoomLocal* local = find(notice.at.room);
  if (local == nullptr || !local->ready) return;
  if (notice.at.epoch > local->epoch) return epoch_rose(*local, notice.at);
  if (notice.request == 0 || local->extras == nullptr) return;
  // It did not rise: once a start is enough, and this device's history is its own.
  auto& syncs = local->extras->syncs;
  for (std::size_t i = 0; i < syncs.size();) {
    if (syncs[i].step == SyncStep::Dispute && reset(*local, syncs[i], wire::ResetReason::Diverged)) {
      syncs.erase(syncs.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  settle(*local);
}

/// Every session hears of it: those that get events by a Reset, the others by a head.
void RoomLocals::epoch_rose(RoomLocal& local, const ports::RoomPosition& at) {
  const Epoch before = local.epoch;
  local.epoch = at.epoch;
  local.min_seq = at.min_seq;
  if (at.seq > local.last) fetch(local);
  std::vector<std::uint32_t> all = std::exchange(local.live, {});
  if (local.extras != nullptr) {
    std::erase_if(local.extras->catch_ups, [&](const CatchUp& c) {
      if (c.end) return false;
      sessions_.caught_up(c.session);
      all.push_back(c.session);
      return true;
    });
  }
  auto& syncs = extras(local).syncs;
  for (PendingSync& sync : syncs) {
    if (sync.step != SyncStep::Join) sync.again_from(SyncStep::Page);
  }
  for (const std::uint32_t session : all) {
    membership(session, local).stage = Stage::Syncing;
    syncs.push_back({.session = session,
                     .step = SyncStep::Page,
                     .confirmed = true,
                     .cursor = {.epoch = before, .seq = local.last, .hash = local.hash},
                     .asked_at = turn_.now.at});
  }
  if (!local.quiet.empty()) heads_moved(local);
  settle(local);
}

}  // namespace starling::core
