// The commit queue of a home: one batch of a room is with the store at a time. A batch whose outcome is unknown goes
// again, identical, until the key of each row has decided; only then does the room go on. What the log has of it meanwhile is
// shown, since others may read it there.
#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "server/core/room_homes.h"

namespace starling::core {
namespace {

/// Restores raise the epoch by one, a dispute to the next multiple of this: a file that is copied back does not come to
/// an epoch that devices know from a restore.
constexpr std::uint32_t kEpochStep = 16;
constexpr std::uint32_t kEpochsClaimedMax = 4 * kEpochStep;

/// Of a send or of a row made from it.
wire::SendResult result_for(const RoomHome& home, const auto& message, wire::SendStatus status) {
  return {.room = home.id,
          .cseq = message.cseq,
          .client_msg_id = message.client_msg_id,
          .status = status,
          .epoch = home.epoch};
}

wire::Event event_of(const ports::CommitBatch& batch, const ports::CommitRow& row, Seq seq, std::uint64_t msg_no,
                     WallTime ts) {
  return {.room = batch.room,
          .epoch = batch.epoch,
          .seq = seq,
          .kind = row.kind,
          .sender = row.user,
          .device = row.device,
          .cseq = row.cseq,
          .client_msg_id = row.client_msg_id,
          .ts = ts,
          .msg_no = msg_no,
          .target = row.target,
          .thread = row.thread,
          .subject = row.subject,
          .role = row.role,
          .body = row.body};
}

}  // namespace

// ---- answers

void RoomHomes::answer(const Origin& origin, const wire::SendResult& result) {
  links_.post(origin.shard, ports::SendAnswered{.request = origin.request, .conn = origin.conn, .result = result});
}

void RoomHomes::release(HomeWork& work, std::size_t bytes) {
  work.queue_bytes -= bytes;
  turn_.counters.commit_queue_bytes -= bytes;
}

/// Of what is with the store, too: its client repeats it, and the log decides.
void RoomHomes::refuse_in_flight(RoomHome& home) {
  for (const SendInFlight& each : std::exchange(home.work->in_flight, {})) {
    wire::SendResult result = result_for(home, each, wire::SendStatus::Busy);
    result.retry_after_ms = turn_.busy_retry_ms();
    answer(each.origin, result);
  }
  release(*home.work, std::exchange(home.work->in_flight_bytes, 0));
}

void RoomHomes::refuse_queue(RoomHome& home, wire::SendStatus status) {
  if (home.work == nullptr) return;
  for (const QueuedSend& queued : std::exchange(home.work->queue, {})) {
    release(*home.work, size_of(queued.row));
    wire::SendResult result = result_for(home, queued.row, status);
    if (status == wire::SendStatus::Busy) result.retry_after_ms = turn_.busy_retry_ms();
    answer(queued.origin, result);
  }
  home.work->newest = FlatIndex();
}

// ---- in

void RoomHomes::on(ShardId from, ports::ForwardSend&& forward) {
  const Origin origin{.shard = from, .request = forward.request, .conn = forward.conn};
  RoomHome& home = find_or_load(forward.send.room);
  HomeWork& w = work(home);
  wire::Send& send = forward.send;
  wire::SendResult refusal = result_for(home, send, wire::SendStatus::Busy);
  if (home.stage != HomeStage::Loading && forward.device && send.epoch != home.epoch) {
    refusal.status = wire::SendStatus::StaleEpoch;
    return answer(origin, refusal);
  }
  if (answer_repeat(home, forward, origin)) return;
  const std::size_t bytes = sizeof(QueuedSend) + send.body.size();
  const bool full = w.queue_bytes + bytes > turn_.config.room_queue_bytes_max ||
                    turn_.counters.commit_queue_bytes + bytes > turn_.config.shard_queue_bytes_max;
  if (full || w.store_full) {
    probe(full ? Probe::store_queue_full_busy : Probe::disk_full_shed);
    refusal.retry_after_ms = turn_.busy_retry_ms();
    return answer(origin, refusal);
  }
  if (forward.device) {
    const std::uint32_t cost = Budget::cost_of(turn_.config, send.body.size());
    refusal.retry_after_ms = w.sends.take(cost, turn_.now.at);
    if (refusal.retry_after_ms != 0) {
      probe(Probe::room_budget_spent);
      return answer(origin, refusal);
    }
  }
  w.queue_bytes += bytes;
  turn_.counters.commit_queue_bytes += bytes;
  if (forward.device) {
    const auto newest = w.newest.find(forward.device.value);
    if (!newest || *newest < send.cseq.value) w.newest.set(forward.device.value, send.cseq.value);
  }
  w.queue.push_back({.row = {.user = forward.user,
                             .device = forward.device,
                             .cseq = send.cseq,
                             .client_msg_id = send.client_msg_id,
                             .kind = send.kind,
                             .target = send.target,
                             .thread = send.thread,
                             .subject = send.subject,
                             .role = send.role,
                             .renumbered = send.renumbered,
                             .body_hash = forward.body_hash,
                             .body = std::move(send.body)},
                     .epoch = send.epoch,
                     .origin = origin});
  next_work(home);
}

/// A repeat of what is queued or with the store only changes who gets the answer; one of what was committed a moment
/// ago is answered from the tail. Another body under the same number is for the store to judge.
bool RoomHomes::answer_repeat(RoomHome& home, const ports::ForwardSend& forward, const Origin& origin) {
  HomeWork& w = *home.work;
  const wire::Send& send = forward.send;
  if (forward.device) {
    const auto newest = w.newest.find(forward.device.value);
    if (!newest || *newest < send.cseq.value) return false;
  }
  const auto same = [&](const auto& row, std::uint64_t body_hash) {
    return row.device == forward.device && row.cseq == send.cseq && row.client_msg_id == send.client_msg_id &&
           body_hash == forward.body_hash;
  };
  // What no device has sent has neither number nor name, and is known by the request.
  const auto repeats = [&](const auto& row, const Origin& before) {
    if (!forward.device) return before.shard == origin.shard && before.request == origin.request;
    return same(row, row.body_hash);
  };
  for (SendInFlight& each : w.in_flight) {
    if (!repeats(each, each.origin)) continue;
    each.origin = origin;
    return true;
  }
  for (QueuedSend& each : w.queue) {
    if (!repeats(each.row, each.origin)) continue;
    each.origin = origin;
    each.epoch = send.epoch;
    return true;
  }
  const wire::Event* event = forward.device ? w.tail.find(forward.device, send.cseq) : nullptr;
  if (event == nullptr && forward.device && send.client_msg_id && !send.renumbered) {
    // An attempt from before a renumbering, overtaken by its message under the new number: its own is the next one by now.
    const auto is_it = [&](const auto& row) {
      return row.device == forward.device && row.client_msg_id == send.client_msg_id && row.cseq != send.cseq;
    };
    const bool waits = std::ranges::any_of(w.in_flight, is_it) || std::ranges::any_of(w.queue, is_it, &QueuedSend::row);
    if (waits || w.tail.holds(forward.device, send.client_msg_id)) {
      answer(origin, result_for(home, send, wire::SendStatus::RejectedBefore));
      return true;
    }
  }
  if (event == nullptr) return false;
  const std::uint64_t hash = event->erased_hash != 0 ? event->erased_hash : wire::body_hash(event->body);
  if (!same(*event, hash)) return false;
  probe(Probe::dup_returned_original);
  ++turn_.counters.duplicates_answered;
  wire::SendResult result = result_for(home, send, wire::SendStatus::Duplicate);
  result.seq = event->seq;
  result.ts = event->ts;
  answer(origin, result);
  return true;
}

// ---- out

void RoomHomes::next_work(RoomHome& home) {
  if (home.stage != HomeStage::Ready || home.work == nullptr || turn_.store_stopped) return;
  if (home.head < home.work->missing_to) return read_missing(home);
  answer_joins(home, ports::AskStatus::Ok);
  if (!home.work->disputes.empty()) return raise(home);
  if (!home.work->queue.empty()) commit(home);
}

void RoomHomes::commit(RoomHome& home) {
  HomeWork& w = *home.work;
  ports::CommitBatch batch{.room = home.id,
                           .epoch = home.epoch,
                           .fence = home.fence,
                           .rooms_per_user_max = turn_.config.rooms_per_user_max,
                           .now = turn_.now.wall};
  std::size_t taken = 0;
  std::size_t bytes = 0;
  for (; taken < w.queue.size() && batch.rows.size() < turn_.config.batch_events_max; ++taken) {
    QueuedSend& queued = w.queue[taken];
    const std::size_t size = size_of(queued.row);
    if (queued.row.device && queued.epoch != home.epoch) {
      release(w, size);
      answer(queued.origin, result_for(home, queued.row, wire::SendStatus::StaleEpoch));
      continue;
    }
    if (!batch.rows.empty() && bytes + size > turn_.config.batch_bytes_max) break;
    bytes += size;
    w.in_flight.push_back({.device = queued.row.device,
                           .cseq = queued.row.cseq,
                           .client_msg_id = queued.row.client_msg_id,
                           .body_hash = queued.row.body_hash,
                           .origin = queued.origin});
    batch.rows.push_back(std::move(queued.row));
  }
  w.queue.erase(w.queue.begin(), w.queue.begin() + static_cast<std::ptrdiff_t>(taken));
  if (w.queue.empty()) w.queue = {};
  w.in_flight_bytes = bytes;
  w.outcome_unknown = false;
  if (!batch.rows.empty()) submit(home, std::move(batch));
}

void RoomHomes::submit(RoomHome& home, ports::CommitBatch&& batch) {
  if (mutant(Mutant::M1_PublishBeforeCommit) || mutant(Mutant::M4_AckBeforeCommit)) {
    // Planted: what the log will say is guessed, and told before the log has said it.
    std::vector<wire::Event> guessed;
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
      const Seq seq(home.head.value + i + 1);
      guessed.push_back(event_of(batch, batch.rows[i], seq, home.msg_no + i + 1, batch.now));
      if (!mutant(Mutant::M4_AckBeforeCommit) || home.work->outcome_unknown) continue;
      wire::SendResult result = result_for(home, batch.rows[i], wire::SendStatus::Accepted);
      result.seq = seq;
      answer(home.work->in_flight[i].origin, result);
    }
    if (mutant(Mutant::M1_PublishBeforeCommit)) publish(home, std::move(guessed));
  }
  home.stage = HomeStage::Committing;
  store_.submit(std::move(batch), CommitCall{home.id, home.fence});
}

// ---- back

void RoomHomes::committed(const CommitCall& call, ports::StoreCompletion&& done) {
  RoomHome* home = find(call);
  auto* committed = std::get_if<ports::Committed>(&done.result);
  if (home == nullptr || home->stage != HomeStage::Committing || committed == nullptr) return;
  HomeWork& w = work(*home);
  w.store_full = done.status == ports::StoreStatus::Full;
  switch (done.status) {
    case ports::StoreStatus::Ok:
      break;
    case ports::StoreStatus::Unknown:
      ++turn_.counters.store_unknown;
      w.outcome_unknown = true;
      return repeat_later(*home, std::move(committed->batch), done.status);
    case ports::StoreStatus::Unavailable:
    case ports::StoreStatus::Full:
    case ports::StoreStatus::Stopped:
      return repeat_later(*home, std::move(committed->batch), done.status);
  }
  if (committed->fenced) return fenced(*home);
  settle_rows(*home, *committed);
  release(w, std::exchange(w.in_flight_bytes, 0));
  w.in_flight.clear();
  w.outcome_unknown = false;
  if (!committed->exists) {
    refuse_queue(*home, wire::SendStatus::NoSuchRoom);
    return forget(*home);
  }
  if (committed->epoch != committed->batch.epoch) return load(*home);
  home->stage = HomeStage::Ready;
  w.missing_to = std::max(w.missing_to, committed->head);
  next_work(*home);
}

void RoomHomes::repeat_later(RoomHome& home, ports::CommitBatch&& batch, ports::StoreStatus status) {
  home.stage = HomeStage::Repeating;
  home.work->repeat = std::move(batch);
  if (status == ports::StoreStatus::Stopped) turn_.store_stopped = true;
  retry_later(home);
}

/// The batch may be in the log, where others read it, and the store may go on without a word about it: what is there is
/// shown first.
void RoomHomes::repeat(RoomHome& home) {
  if (home.work->outcome_unknown) return read_missing(home);
  submit(home, std::move(home.work->repeat));
}

/// Answers every row, and publishes what the log holds right behind the head that is known: rows that were accepted, and
/// those that an attempt of unknown outcome has put there.
void RoomHomes::settle_rows(RoomHome& home, ports::Committed& done) {
  HomeWork& w = *home.work;
  std::vector<wire::Event> events;
  for (std::size_t i = 0; i < w.in_flight.size() && i < done.results.size(); ++i) {
    const ports::CommitRowResult& row = done.results[i];
    wire::SendResult result = result_for(home, done.batch.rows[i], row.status);
    result.epoch = done.epoch;
    result.seq = row.seq;
    result.ts = row.ts;
    result.expected = row.expected;
    if (row.status == wire::SendStatus::Duplicate) {
      ++turn_.counters.duplicates_answered;
      probe(Probe::unknown_then_found, w.outcome_unknown && row.seq > home.head);
    }
    const bool accepted = row.status == wire::SendStatus::Accepted;
    probe(Probe::unknown_then_absent, w.outcome_unknown && accepted);
    if (!accepted || !mutant(Mutant::M4_AckBeforeCommit)) answer(w.in_flight[i].origin, result);
    const bool found = w.outcome_unknown && row.status == wire::SendStatus::Duplicate;
    if ((!accepted && !found) || row.seq != home.head.next()) continue;
    events.push_back(event_of(done.batch, done.batch.rows[i], row.seq, row.msg_no, row.ts));
    append(home, events.back());
  }
  if (!mutant(Mutant::M1_PublishBeforeCommit)) publish(home, std::move(events));
}

// ---- what another has written

void RoomHomes::grew(RoomId room, Seq head) {
  RoomHome* home = find(room);
  if (home == nullptr) return;  // whoever needs it reads all of it
  Seq& missing_to = work(*home).missing_to;
  missing_to = std::max(missing_to, head);
  next_work(*home);
}

void RoomHomes::read_missing(RoomHome& home) {
  home.stage = HomeStage::Reading;
  store_.submit(ports::ReadPage{.room = home.id,
                                .from = home.head,
                                .limit = turn_.config.batch_events_max,
                                .bytes_max = turn_.config.batch_bytes_max},
                MissingCall{home.id, home.fence});
}

void RoomHomes::missing_read(const MissingCall& call, ports::StoreCompletion&& done) {
  RoomHome* home = find(call);
  if (home == nullptr || home->stage != HomeStage::Reading) return;
  auto* page = std::get_if<ports::PageRead>(&done.result);
  const bool read = done.status == ports::StoreStatus::Ok && page != nullptr;
  // What retention has cut, or another history, did to the members only the room's own row tells.
  const bool joins = read && page->exists && page->epoch == home->epoch && page->min_seq <= home->head.next();
  const bool progress = joins && show_missing(*home, std::move(*page));
  HomeWork& w = work(*home);
  if (w.outcome_unknown) {
    probe(Probe::unknown_then_found, progress);
    return submit(*home, std::move(w.repeat));  // whatever was read, its answer says what is to be done
  }
  if (!read) return retry_later(*home);
  if (!joins) return load(*home);
  if (home->head < w.missing_to) return progress ? read_missing(*home) : retry_later(*home);
  home->stage = HomeStage::Ready;
  next_work(*home);
}

/// True when some of the page was not known.
bool RoomHomes::show_missing(RoomHome& home, ports::PageRead&& page) {
  home.min_seq = page.min_seq;
  std::vector<wire::Event> events;
  for (wire::Event& event : page.events) {
    if (event.seq != home.head.next()) break;
    append(home, event);
    events.push_back(std::move(event));
  }
  const bool some = !events.empty();
  publish(home, std::move(events));
  return some;
}

// ---- epochs

/// Beyond what the device knows, or its epoch would seem to be the log's; but a client cannot use the numbers up.
void RoomHomes::raise(RoomHome& home) {
  home.stage = HomeStage::Raising;
  const Epoch most(home.epoch.value + kEpochsClaimedMax);
  const Epoch above = std::max(home.epoch, std::min(home.work->disputed_by, most));
  const Epoch to((above.value / kEpochStep + 1) * kEpochStep);
  store_.submit(ports::RaiseEpoch{.room = home.id, .expected = home.epoch, .to = to, .fence = home.fence},
                RaiseCall{home.id, home.fence});
}

void RoomHomes::raised(const RaiseCall& call, const ports::StoreCompletion& done) {
  RoomHome* home = find(call);
  if (home == nullptr || home->stage != HomeStage::Raising) return;
  const auto* epoch = std::get_if<ports::EpochRaised>(&done.result);
  if (done.status != ports::StoreStatus::Ok || epoch == nullptr) return retry_later(*home);
  if (epoch->fenced) return fenced(*home);
  raised_.set(home->id.value, 1);
  home->epoch = epoch->epoch;
  home->stage = HomeStage::Ready;
  tell_epoch(*home);
  home->work->disputed_by = Epoch();
  for (const WaitingDispute& waiting : std::exchange(home->work->disputes, {})) {
    links_.post(waiting.shard, ports::EpochNotice{.request = waiting.request, .at = home->position()});
  }
  next_work(*home);
}

// ---- again

void RoomHomes::retry_later(const RoomHome& home) {
  const Instant at = turn_.now.at + turn_.config.store_retry;
  retries_.push_back({.room = home.id, .fence = home.fence, .at = at});
  turn_.schedule.arm(Chore::StoreRetry, at);
}

void RoomHomes::retry() {
  for (const Retry& each : std::exchange(retries_, {})) {
    if (each.at > turn_.now.at || turn_.store_stopped) {
      retries_.push_back(each);
      if (!turn_.store_stopped) turn_.schedule.arm(Chore::StoreRetry, each.at);
      continue;
    }
    RoomHome* home = find(each);
    if (home == nullptr) continue;
    switch (home->stage) {
      case HomeStage::Loading:
        load(*home);
        break;
      case HomeStage::Repeating:
        repeat(*home);
        break;
      case HomeStage::Reading:
        read_missing(*home);
        break;
      case HomeStage::Raising:
        raise(*home);
        break;
      case HomeStage::Ready:
      case HomeStage::Committing:
        break;
    }
  }
}

}  // namespace starling::core
