#include "loadsim/sim/postgres_store.h"

#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "loadsim/sim/recording.h"

namespace starling::sim {
namespace {

constexpr Duration kLockTimeout = 1s;
constexpr Duration kBarrierTimeout = 1s;  // then whoever reads is told to come again
/// The row that a KeepLease locks.
constexpr RoomId kViewRow{UINT64_MAX};
constexpr Duration kWatchdog = 5s;  // a wait for the standby has no limit of its own

/// The row that a transaction locks before anything else.
RoomId locked_by(const ports::StoreRequest& request) {
  if (const auto* load = std::get_if<ports::LoadRoom>(&request)) return load->room;
  if (const auto* batch = std::get_if<ports::CommitBatch>(&request)) return batch->room;
  if (const auto* checkpoint = std::get_if<ports::PutCheckpoint>(&request)) return checkpoint->room;
  if (const auto* raise = std::get_if<ports::RaiseEpoch>(&request)) return raise->room;
  if (std::holds_alternative<ports::KeepLease>(request)) return kViewRow;
  return {};
}

}  // namespace

void PostgresStore::schedule(Instant at, Step step, std::uint64_t number) {
  context_->wheel.schedule(at, Happening::Postgres, static_cast<std::uint32_t>(step), number);
}

void PostgresStore::happened(const Scheduled& event) {
  switch (static_cast<Step>(event.a)) {
    case Step::Read:
      return read(static_cast<std::uint32_t>(event.b));
    case Step::ReadTimeout:
      return read_timed_out(event.b);
    case Step::Flush:
      return flush(event.b);
    case Step::LockTimeout:
      return lock_timed_out(event.b);
    case Step::Cancel:
      return cancel(event.b);
    case Step::Watchdog:
      return give_up_waiting(event.b);
    case Step::Confirm:
      return confirm(event.b);
    case Step::Follow:
      return replication_.asynchronous_gets(event.b);
    case Step::MakeAnew:
      return replication_.make_anew();
  }
}

// ---- in

void PostgresStore::submit(ShardId shard, ports::StoreOp op) {
  check_one_batch_per_room(shard, op);
  check_time_asked(op);
  const bool write = is_write(op.request);
  // A room is loaded under its lock: a commit of nothing, which proves that a standby has what was read.
  const bool locks = write || (locked_by(op.request) && !mutant(Mutant::M5_NoBarrier));
  const std::uint32_t slot = take(shard, std::move(op));
  if (const auto refused = refusal(slot, write)) {
    answer(slot, *refused, {}, within({100us, 2ms}, random()));
  } else if (locks) {
    begin(slot);
  } else {
    reading_[slot] = connection_;
    schedule(time_of(false), Step::Read, slot);
  }
}

/// What an operation is told that never comes to a backend, or that a backend gives up at once.
std::optional<ports::StoreStatus> PostgresStore::refusal(std::uint32_t slot, bool write) {
  const Instant now = context_->now();
  if (const auto why = stopped_for(slot)) {
    ++context_->tally(*why).effective;
    return ports::StoreStatus::Stopped;
  }
  if (now < unavailable_until_) {  // 57P03
    ++context_->tally(users::FaultKind::StoreUnavailable).effective;
    return ports::StoreStatus::Unavailable;
  }
  if (now < down_until_) {  // 57P03, or 25006 from what was the primary
    ++context_->tally(down_by_).effective;
    probe(Probe::readonly_primary, write && now < read_only_until_);
    return ports::StoreStatus::Unavailable;
  }
  if (write && now < deadlock_until_ && chance(random(), deadlock_permille_)) {  // 40P01
    ++context_->tally(users::FaultKind::PgDeadlock).effective;
    return ports::StoreStatus::Unavailable;
  }
  return std::nullopt;
}

void PostgresStore::begin(std::uint32_t slot) {
  Change change = Write{.request = slots_[slot].op.request, .found = before_lock(slots_[slot].op.request)};
  const RoomId room = locked_by(slots_[slot].op.request);
  const std::uint64_t luck = random();
  if (context_->now() >= lost_until_ || !chance(luck, lost_permille_)) return add(std::move(change), room, slot);
  // The connection dies on the way there, or while the backend works: that one goes on.
  ++context_->tally(users::FaultKind::StoreLostReply).effective;
  answer(slot, ports::StoreStatus::Unknown, {}, within({0ns, 30ms}, mix64(luck)));
  if ((mix64(luck) & 1) != 0) add(std::move(change), room, std::nullopt);
}

void PostgresStore::cut(RoomId room, Seq min_seq) { add(Cut{.room = room, .min_seq = min_seq}, room, std::nullopt); }

// ---- transactions

void PostgresStore::add(Change change, RoomId locks, std::optional<std::uint32_t> slot) {
  const std::uint64_t number = ++begun_;
  transactions_.emplace(number, Transaction{.change = std::move(change), .locks = locks, .slot = slot});
  if (slot) schedule(context_->now() + kWatchdog, Step::Watchdog, number);
  if (locks) {
    auto& queue = locks_[locks];
    queue.push_back(number);
    if (queue.front() != number) return schedule(context_->now() + kLockTimeout, Step::LockTimeout, number);
  }
  run(number);
}

void PostgresStore::run(std::uint64_t number) {
  transactions_.at(number).running = true;
  schedule(time_of(true), Step::Flush, number);
}

void PostgresStore::tell(const Transaction& transaction, ports::StoreStatus status, ports::StoreResult result) {
  if (!transaction.slot) return;
  if (stopped_for(*transaction.slot)) status = ports::StoreStatus::Stopped;
  answer(*transaction.slot, status, std::move(result));
}

/// Its locks go to who waits for them.
void PostgresStore::end(std::uint64_t number) {
  const RoomId room = transactions_.at(number).locks;
  transactions_.erase(number);
  const auto at = locks_.find(room);
  if (at == locks_.end()) return;
  const bool held = at->second.front() == number;
  std::erase(at->second, number);
  if (at->second.empty()) {
    locks_.erase(at);
  } else if (held) {
    run(at->second.front());
  }
}

void PostgresStore::lock_timed_out(std::uint64_t number) {
  const auto at = transactions_.find(number);
  if (at == transactions_.end() || at->second.running) return;
  probe(Probe::lock_timeout);  // 55P03
  tell(at->second, ports::StoreStatus::Unavailable);
  end(number);
}

/// On the primary's disk. From here on it waits for the standby, and only a cancel ends that early.
void PostgresStore::flush(std::uint64_t number) {
  const auto at = transactions_.find(number);
  if (at == transactions_.end()) return;
  Transaction& t = at->second;
  const Instant now = context_->now();
  if (now < full_until_) {  // 53100
    ++context_->tally(users::FaultKind::StoreFull).effective;
    tell(t, ports::StoreStatus::Full);
    return end(number);
  }
  if (auto* write = std::get_if<Write>(&t.change)) write->at = now;
  t.lsn = replication_.flush(std::move(t.change));
  waiting_[t.lsn] = number;
  confirms_at_ = std::max(confirms_at_, now + within(context_->options.standby_latency, random()));
  follows_at_ = std::max(follows_at_, now + within(context_->options.follower_latency, random()));
  schedule(confirms_at_, Step::Confirm, t.lsn);
  schedule(follows_at_, Step::Follow, t.lsn);
  if (now < standby_paused_until_ && chance(random(), cancel_permille_)) {
    schedule(now + within({1ms, 400ms}, random()), Step::Cancel, number);
  }
}

/// Everything up to there becomes visible, in the order of the log, and its clients are told.
void PostgresStore::show(Lsn to, ports::StoreStatus status) {
  while (replication_.visible() < to) {
    ports::StoreResult result = replication_.show_next();
    if (context_->recording != nullptr) context_->recording->stored(context_->now(), result);
    const auto at = waiting_.find(replication_.visible());
    const std::uint64_t number = at->second;
    waiting_.erase(at);
    tell(transactions_.at(number), status, std::move(result));
    end(number);
  }
}

void PostgresStore::confirm(Lsn lsn) {
  if (lsn <= replication_.confirmed()) return;
  if (context_->now() < standby_paused_until_) return schedule(standby_paused_until_, Step::Confirm, lsn);
  replication_.synchronous_gets(lsn);
  show(lsn, ports::StoreStatus::Ok);
  release_reads();
}

/// The server reports success, with a warning: the rows are visible, and no standby need have them.
void PostgresStore::cancel(std::uint64_t number) {
  const auto at = transactions_.find(number);
  if (at == transactions_.end()) return;
  ++context_->tally(users::FaultKind::PgCancelSyncwait).effective;
  probe(Probe::cancel_syncwait_seen);
  show(at->second.lsn, mutant(Mutant::M2_WarningIsAck) ? ports::StoreStatus::Ok : ports::StoreStatus::Unknown);
}

/// The client's side drops the connection; the backend goes on.
void PostgresStore::give_up_waiting(std::uint64_t number) {
  const auto at = transactions_.find(number);
  if (at == transactions_.end()) return;
  tell(at->second, ports::StoreStatus::Unknown);
  at->second.slot.reset();
}

// ---- reads

void PostgresStore::read(std::uint32_t slot) {
  const auto node = reading_.extract(slot);
  if (asked_by_the_dead(slots_[slot])) return give_back(slot);
  if (stopped_for(slot)) return answer(slot, ports::StoreStatus::Stopped);
  if (node.mapped() != connection_) return answer(slot, ports::StoreStatus::Unavailable);
  const ports::StoreRequest& request = slots_[slot].op.request;
  const std::optional<Replication::View> standby = standby_for(request);
  ports::StoreResult result =
      standby ? standby->log.page(std::get<ports::ReadPage>(request)) : database_->execute(request);
  const Lsn needs = standby ? standby->at : replication_.visible();
  if (needs <= replication_.confirmed() || mutant(Mutant::M5_NoBarrier)) {
    return answer(slot, ports::StoreStatus::Ok, std::move(result));
  }
  probe(Probe::barrier_waited);
  barred_.push_back({.number = ++begun_, .slot = slot, .needs = needs, .result = std::move(result)});
  schedule(context_->now() + kBarrierTimeout, Step::ReadTimeout, begun_);
}

/// The standby that a page is read from; none when only the primary will do.
std::optional<Replication::View> PostgresStore::standby_for(const ports::StoreRequest& request) {
  const auto* page = std::get_if<ports::ReadPage>(&request);
  const std::uint32_t percent = context_->options.standby_reads_percent;
  if (page == nullptr || !page->floor.epoch || percent == 0) return std::nullopt;
  const std::uint64_t luck = random();
  if (!chance(luck, percent * 10)) return std::nullopt;
  const auto standby = (mix64(luck) & 1) != 0 ? replication_.asynchronous_view() : replication_.synchronous_view();
  if (!mutant(Mutant::M8_ReplicaWithoutFloor)) {
    const RoomLog* room = standby.log.find(page->room);
    const bool below = room == nullptr || room->epoch() != page->floor.epoch || room->head() < page->floor.seq;
    probe(Probe::replica_below_floor, below);
    if (!standby.follows || below) return std::nullopt;
  }
  probe(Probe::page_of_a_standby);
  return standby;
}

void PostgresStore::read_timed_out(std::uint64_t number) {
  std::erase_if(barred_, [&](const Barred& each) {
    if (each.number == number) answer(each.slot, ports::StoreStatus::Unavailable);
    return each.number == number;
  });
}

void PostgresStore::release_reads() {
  std::erase_if(barred_, [&](Barred& each) {
    const bool proven = each.needs <= replication_.confirmed();
    if (proven) answer(each.slot, ports::StoreStatus::Ok, std::move(each.result));
    return proven;
  });
}

// ---- faults

void PostgresStore::disconnect() {
  ++connection_;
  for (auto& [number, transaction] : transactions_) tell(transaction, ports::StoreStatus::Unknown);
  for (const Barred& each : barred_) answer(each.slot, ports::StoreStatus::Unavailable);
  transactions_.clear();
  locks_.clear();
  waiting_.clear();
  barred_.clear();
}

void PostgresStore::leave_standby_behind() {
  if (context_->options.standby_reads_percent == 0) return replication_.make_anew();
  schedule(context_->now() + within({1s, 10s}, random()), Step::MakeAnew, 0);
}

void PostgresStore::be_down(users::FaultKind why, Duration span) {
  down_by_ = why;
  down_until_ = context_->now() + span;
  context_->hinder_repair(down_until_);
}

void PostgresStore::cancel_waits(std::uint32_t permille, Instant until) {
  cancel_permille_ = permille;
  standby_paused_until_ = until;
  context_->hinder_repair(until);
}

void PostgresStore::fail_over() {
  if (!transactions_.empty()) ++context_->tally(users::FaultKind::PgFailoverSync).effective;
  // It may have got more than it has confirmed.
  const bool follows = context_->now() >= standby_paused_until_;
  const Lsn more = replication_.flushed() - replication_.confirmed();
  if (follows) replication_.synchronous_gets(replication_.confirmed() + scale(random(), more + 1));
  disconnect();
  replication_.promote();
  leave_standby_behind();
  standby_paused_until_ = context_->now();
  be_down(users::FaultKind::PgFailoverSync, within({200ms, 3s}, random()));
  read_only_until_ = context_->now() + (down_until_ - context_->now()) / 2;
}

void PostgresStore::crash() {
  if (!transactions_.empty()) ++context_->tally(users::FaultKind::PgRestart).effective;
  show(replication_.flushed(), ports::StoreStatus::Unknown);
  disconnect();
  be_down(users::FaultKind::PgRestart, within({200ms, 2s}, random()));
}

void PostgresStore::process_died(std::uint32_t node, Death /*death*/) { next_life(node); }

void PostgresStore::replaced() {
  disconnect();
  stopped_by_.assign(stopped_by_.size(), std::nullopt);
  replication_.start_over();
  leave_standby_behind();
}

void PostgresStore::heal() {
  StoreModel::heal();
  standby_paused_until_ = deadlock_until_ = down_until_ = read_only_until_ = context_->now();
  schedule(context_->now(), Step::Confirm, replication_.flushed());
}

}  // namespace starling::sim
