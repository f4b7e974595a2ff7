#include "server/store/postgres/lane.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <unordered_set>
#include <utility>
#include <variant>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "server/store/is_read.h"
#include "server/store/postgres/errors.h"
#include "server/store/postgres/exchange.h"
#include "server/store/postgres/limits.h"
#include "server/store/postgres/page_calls.h"
#include "server/store/postgres/standstill.h"

namespace starling::postgres {
namespace {

/// Not let go before the connection ends.
constexpr Statement kRun{"run", "SELECT pg_advisory_lock_shared($1)"};
constexpr Statement kHello{"hello", "SELECT pg_is_in_recovery(), (SELECT number FROM history)"};
constexpr Statement kPutBeacon{"put_beacon", "SELECT put_beacon($1, $2)"};
constexpr Statement kSeeBeacon{"see_beacon", "SELECT 1 FROM beacons WHERE store = $1 AND nonce = $2"};

std::int64_t random_number() {
  std::random_device device;
  return static_cast<std::int64_t>((std::uint64_t{device()} << 31 ^ device()) | 1);
}

std::vector<Job> jobs_of(Job&& job) {
  std::vector<Job> jobs;
  jobs.push_back(std::move(job));
  return jobs;
}

bool goes_together(const Job& job) { return !job.alone && together_max(job.op.request) > 1; }

/// Of operations that stay behind while others go.
class KeysBehind {
 public:
  void add(const Job& job) {
    if (const std::uint64_t key = key_of(job.op.request); key != 0) keys_.insert(key);
  }
  bool has(const Job& job) const { return keys_.contains(key_of(job.op.request)); }

 private:
  std::unordered_set<std::uint64_t> keys_;
};

Requests requests_of(const std::vector<Job>& jobs) {
  Requests requests;
  for (const Job& job : jobs) requests.push_back(&job.op.request);
  return requests;
}

}  // namespace

Lane::Lane(Options options, Shared shared) : options_(std::move(options)), shared_(std::move(shared)) {
  beacon_.store = options_.beacon_store;
  health_.locked("not connected to PostgreSQL yet");
}

// ---- the connection's life

void Lane::connect() {
  link_.emplace(options_.conninfo, options_.access, options_.resolver, options_.scout->first_host());
  state_ = State::Connecting;
}

void Lane::greet(Clock::time_point now) {
  state_ = State::Greeting;
  at_ = now;
  std::vector<Call> calls{{&kRun, Params().add(kNodesLock)}, {&kHello, Params()}};
  if (options_.access != Access::Standby) {
    beacon_.nonce = random_number();
    calls.push_back({&kPutBeacon, Params().add(beacon_.store).add(beacon_.nonce)});
  }
  link_->send(std::move(calls), options_.replicated);
  sent_.push_back({.kind = Kind::Greeting, .sent = now});
}

void Lane::greeted(const Outcome& outcome, Clock::time_point now) {
  if (outcome.sqlstate == "55P03" && outcome.rows.empty()) {
    return lose("starlingctl import or raise-epochs has the database to itself; this goes on when that has ended", now);
  }
  if (!outcome.ok()) return lose(explain(outcome.sqlstate, outcome.text), now);
  const Rows& hello = outcome.rows.at(1);
  if (options_.access != Access::Standby && hello.flag(0, 0)) return lose("the server is a standby", now);
  if (!belongs(hello)) return lose(health_.why(), now);
  state_ = State::Ready;
  options_.scout->found(this);
  back_off_ = {};
  answered_ = checked_ = now;
  shared_.counters.connects.fetch_add(1, std::memory_order_relaxed);
  health_.good();
}

bool Lane::belongs(const Rows& hello) {
  if (options_.access == Access::Standby || shared_.same_history(hello.i64(0, 1))) return true;
  health_.fail("the database was restored, or has lost something in a failover; restart starlingd");
  return false;
}

void Lane::lose(const std::string& why, Clock::time_point now) {
  health_.locked(why);
  if (state_ != State::Ready) options_.scout->next_host();
  // The primary may well have been found, and what failed be this connection's alone.
  if (state_ == State::Greeting) options_.scout->let_go(this);
  finds_ = options_.scout->finds();
  give_up_waiting();
  link_.reset();
  sent_.clear();
  beacon_.nonce = 0;
  barrier_sent_ = unproven_ = silent_ = false;
  state_ = State::Down;
  back_off_ = std::clamp(back_off_ * 2, limits::kBackOffMin, limits::kBackOffMax);
  // Those of all nodes do not come back in step.
  at_ = now + back_off_ / 2 + std::chrono::milliseconds(random_number() % back_off_.count()) / 2;
}

void Lane::give_up_waiting() {
  for (Turn& turn : sent_) {
    if (turn.jobs.empty()) continue;
    const bool read = store::is_read(turn.jobs.front().op.request);
    answer_all(std::exchange(turn.jobs, {}), read ? ports::StoreStatus::Unavailable : ports::StoreStatus::Unknown);
  }
  for (Job& job : std::exchange(waiting_, {})) answer(std::move(job), ports::StoreStatus::Unavailable);
  for (Held& held : std::exchange(held_, {})) answer(std::move(held.job), ports::StoreStatus::Unavailable);
}

void Lane::watch(Clock::time_point now) {
  if (sent_.empty()) {
    if (std::exchange(silent_, false)) check(now);
  }
  // However busy it is: the history may become another one at any time.
  if (!silent_ && now - checked_ > limits::kCheckEvery) check(now);
  if (sent_.empty()) return;
  const Clock::duration silence = now - std::max(answered_, sent_.front().sent);
  const Clock::duration patience = sent_.front().kind == Kind::Barrier ? limits::kBarrierPatience : limits::kWatchdog;
  if (silence > limits::kSilenceMax) return lose("PostgreSQL says nothing", now);
  if (silence < patience || silent_) return;
  silent_ = true;
  health_.locked("PostgreSQL has not answered for seconds: it waits for a standby, or is overloaded");
  give_up_waiting();
}

bool Lane::idle() const {
  return waiting_.empty() && held_.empty() &&
         std::ranges::all_of(sent_, [](const Turn& turn) { return turn.jobs.empty(); });
}

void Lane::advance() {
  const Clock::time_point now = Clock::now();
  if (health_.failed()) {
    options_.scout->let_go(this);
    return give_up_waiting();
  }
  if (state_ == State::Down && now >= at_ && options_.scout->may_look(this, finds_)) connect();
  if (!link_) return;
  link_->advance();
  if (state_ == State::Connecting && link_->state() == Link::State::Open) greet(now);
  while (auto outcome = link_->take()) {
    answered_ = now;
    Turn turn = std::move(sent_.front());
    sent_.pop_front();
    settle(std::move(turn), std::move(*outcome), now);
    if (!link_) return;
  }
  if (link_->state() == Link::State::Lost) return lose(link_->why(), now);
  if (state_ == State::Ready) {
    watch(now);
    pump(now);
  } else if (state_ == State::Greeting && now - at_ > limits::kGreetingPatience) {
    lose("PostgreSQL does not answer", now);
  }
  count_waiting();
}

// ---- operations in

void Lane::submit(Job&& job) {
  if (!ready()) return answer(std::move(job), ports::StoreStatus::Unavailable);
  waiting_.push_back(std::move(job));
}

void Lane::pump() { pump(Clock::now()); }

void Lane::pump(Clock::time_point now) {
  std::deque<Job> later;
  KeysBehind behind;
  std::array<std::size_t, kKinds> waiting{};
  for (const Job& job : waiting_) ++waiting[job.op.request.index()];
  while (state_ == State::Ready && !waiting_.empty() && sent_.size() < limits::kInFlightMax) {
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    const bool together = goes_together(job);
    const auto later_is_better = [&] {
      return under_way(job.op.request) || gathers(job.op.request, waiting[job.op.request.index()], now);
    };
    if ((together && later_is_better()) || behind.has(job)) {
      // Sent now it would only wait at the server, which does one thing after the other.
      behind.add(job);
      later.push_back(std::move(job));
    } else {
      send(together ? take_with(std::move(job)) : jobs_of(std::move(job)), false, now);
    }
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
  count_waiting();
}

bool Lane::under_way(const ports::StoreRequest& request) const {
  const auto is_like = [&](const Job& job) { return job.op.request.index() == request.index(); };
  const auto has_like = [&](const Turn& turn) { return !turn.jobs.empty() && is_like(turn.jobs.front()); };
  return std::ranges::any_of(sent_, has_like) || std::ranges::any_of(held_, is_like, &Held::job);
}

bool Lane::gathers(const ports::StoreRequest& request, std::size_t waiting, Clock::time_point now) const {
  const Gathered& last = gathered_[request.index()];
  // Who writes waits for a room. Who comes back has waited for seconds, and comes with many.
  const auto apart = std::holds_alternative<ports::LoadRoom>(request) ? options_.gather : 2 * options_.gather;
  return last.jobs >= limits::kGatherFrom && now < last.sent + apart && waiting < together_now(request);
}

/// What waits and is like it, as much as goes together, and nothing that is behind another one of its key.
std::vector<Job> Lane::take_with(Job&& first) {
  const std::size_t kind = first.op.request.index();
  const std::size_t most = together_now(first.op.request);
  std::vector<Job> jobs = jobs_of(std::move(first));
  std::deque<Job> left;
  KeysBehind behind;
  for (Job& job : waiting_) {
    if (jobs.size() < most && !job.alone && job.op.request.index() == kind && !behind.has(job)) {
      jobs.push_back(std::move(job));
    } else {
      behind.add(job);
      left.push_back(std::move(job));
    }
  }
  waiting_ = std::move(left);
  return jobs;
}

void Lane::send(std::vector<Job>&& jobs, bool carefully, Clock::time_point now) {
  std::vector<Call> calls = calls_of(requests_of(jobs), carefully);
  if (const auto kind = store::read_kind(jobs.front().op.request)) {
    shared_.counters.queries[static_cast<std::size_t>(*kind)].fetch_add(calls.size(), std::memory_order_relaxed);
  }
  if (goes_together(jobs.front())) gathered_[jobs.front().op.request.index()] = {.jobs = jobs.size(), .sent = now};
  std::int64_t nonce = 0;
  if (options_.follows != nullptr) {
    nonce = options_.follows->nonce;
    calls.push_back({&kSeeBeacon, Params().add(options_.follows->store).add(nonce)});
  }
  link_->send(std::move(calls), options_.replicated && options_.access == Access::Write);
  sent_.push_back({.kind = Kind::Work, .jobs = std::move(jobs), .carefully = carefully, .nonce = nonce, .sent = now});
  unproven_ = barred();
  if (unproven_ && !barrier_sent_) send_barrier(now);
}

/// One at a time: what is read meanwhile shares the next.
void Lane::send_barrier(Clock::time_point now) {
  link_->send({}, true);
  sent_.push_back({.kind = Kind::Barrier, .jobs = {}, .sent = now});
  barrier_sent_ = true;
  unproven_ = false;
}

void Lane::check(Clock::time_point now) {
  checked_ = now;
  std::vector<Call> calls{{&kHello, Params()}};
  if (options_.access != Access::Standby) {
    calls.push_back({&kPutBeacon, Params().add(beacon_.store).add(beacon_.nonce)});
  }
  link_->send(std::move(calls), options_.replicated);
  sent_.push_back({.kind = Kind::Check, .jobs = {}, .sent = now});
}

void Lane::prove(Job&& job, ports::StoreResult&& result) {
  if (!ready()) return submit(std::move(job));
  if (!barred()) return succeed(std::move(job), std::move(result));
  held_.push_back({.job = std::move(job), .result = std::move(result), .next = barrier_sent_});
  unproven_ = true;
  if (!barrier_sent_) send_barrier(Clock::now());
}

// ---- completions out

void Lane::settle(Turn&& turn, Outcome&& outcome, Clock::time_point now) {
  switch (turn.kind) {
    case Kind::Greeting:
      return greeted(outcome, now);
    case Kind::Check:
      if (!outcome.ok()) return note_fault(outcome, now);
      if (!belongs(outcome.rows.at(0))) return lose(health_.why(), now);
      if (!outcome.cut_short) health_.good();
      return;
    case Kind::Barrier:
      return settle_barrier(outcome, now);
    case Kind::Work:
      if (turn.jobs.empty()) return;  // they were told already
      if (!outcome.ok()) return settle_failed(std::move(turn), outcome, now);
      return settle_work(std::move(turn), std::move(outcome), now);
  }
}

void Lane::settle_work(Turn&& turn, Outcome&& outcome, Clock::time_point now) {
  if (outcome.cut_short && !mutant(Mutant::M2_WarningIsAck)) {
    probe(Probe::cancel_syncwait_seen);
    const bool read = store::is_read(turn.jobs.front().op.request);
    return answer_all(std::move(turn.jobs), read ? ports::StoreStatus::Unavailable : ports::StoreStatus::Unknown);
  }
  if (turn.jobs.size() >= together_) together_ = std::min(2 * together_, limits::kTogetherMax);
  auto results = results_of(requests_of(turn.jobs), outcome.rows);
  if (options_.follows != nullptr) {
    // Of a standby: as good as the primary's only when it follows that one, and far enough.
    Job& job = turn.jobs.front();
    const auto* page = std::get_if<ports::PageRead>(&*results.front());
    const auto* asked = std::get_if<ports::ReadPage>(&job.op.request);
    const bool follows = !outcome.rows.back().empty() && turn.nonce == options_.follows->nonce;
    const bool good = follows && page != nullptr && asked != nullptr && reaches(*page, asked->floor);
    return shared_.finish(std::move(job), good ? ports::StoreStatus::Ok : ports::StoreStatus::Unavailable,
                          std::move(*results.front()));
  }
  const bool committed = std::holds_alternative<ports::CommitBatch>(turn.jobs.front().op.request);
  const bool held = barred() && !mutant(Mutant::M5_NoBarrier);
  if (committed) {
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - turn.sent);
    shared_.counters.commit_us.add(static_cast<std::uint64_t>(took.count()));
  }
  if (!held) health_.good();
  std::vector<Job> unanswered;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i]) {
      unanswered.push_back(std::move(turn.jobs[i]));
    } else if (held) {
      held_.push_back({.job = std::move(turn.jobs[i]), .result = std::move(*results[i])});
    } else {
      succeed(std::move(turn.jobs[i]), std::move(*results[i]));
    }
  }
  ask_alone(std::move(unanswered));
}

void Lane::settle_failed(Turn&& turn, const Outcome& outcome, Clock::time_point now) {
  switch (fault_of(outcome.sqlstate)) {
    case Fault::Refused:
      return settle_refused(std::move(turn), now);
    case Fault::Full:
      note_fault(outcome, now);
      return answer_all(std::move(turn.jobs), ports::StoreStatus::Full);
    case Fault::Lost: {
      // A connection that ends in the middle may have got as far as the commit.
      probe(Probe::readonly_primary, outcome.sqlstate == "25006");
      const bool nothing_happened = outcome.sqlstate == "25006" || store::is_read(turn.jobs.front().op.request);
      answer_all(std::move(turn.jobs),
                 nothing_happened ? ports::StoreStatus::Unavailable : ports::StoreStatus::Unknown);
      return note_fault(outcome, now);
    }
    case Fault::Busy:
      probe(Probe::lock_timeout, outcome.sqlstate == "55P03");
      if (turn.jobs.size() > 1) together_ = std::min(together_, turn.jobs.size() / 2);
      break;
    case Fault::Unproven:
    case Fault::Broken:
      note_fault(outcome, now);
      break;
  }
  answer_all(std::move(turn.jobs), ports::StoreStatus::Unavailable);
}

/// What only one of several is to blame for is asked again, without the others.
void Lane::settle_refused(Turn&& turn, Clock::time_point now) {
  if (turn.jobs.size() > 1) return ask_alone(std::move(turn.jobs));
  Job& job = turn.jobs.front();
  if (std::holds_alternative<ports::CommitBatch>(job.op.request) && !turn.carefully) {
    probe(Probe::batch_bisect);
    shared_.counters.batches_refused.fetch_add(1, std::memory_order_relaxed);
    return send(std::move(turn.jobs), true, now);
  }
  if (auto result = refused(job.op.request)) return succeed(std::move(job), std::move(*result));
  answer(std::move(job), ports::StoreStatus::Unavailable);
}

/// What this connection has read was read before it; what came from elsewhere, only if it came before it went out.
void Lane::settle_barrier(const Outcome& outcome, Clock::time_point now) {
  barrier_sent_ = false;
  shared_.counters.barriers.fetch_add(1, std::memory_order_relaxed);
  const bool proven = outcome.ok() && !outcome.cut_short;
  probe(Probe::barrier_waited, !held_.empty());
  if (proven) health_.good();
  if (!outcome.ok()) note_fault(outcome, now);
  for (Held& held : std::exchange(held_, {})) {
    if (std::exchange(held.next, false)) {
      held_.push_back(std::move(held));
    } else if (proven) {
      succeed(std::move(held.job), std::move(held.result));
    } else {
      answer(std::move(held.job), ports::StoreStatus::Unavailable);
    }
  }
  if (unproven_) send_barrier(now);
}

void Lane::note_fault(const Outcome& outcome, Clock::time_point now) {
  const std::string why = explain(outcome.sqlstate, outcome.text);
  switch (fault_of(outcome.sqlstate)) {
    case Fault::Lost:
      return lose(why, now);
    case Fault::Full:
      return health_.full(why);
    default:
      return health_.locked(why);
  }
}

void Lane::succeed(Job&& job, ports::StoreResult&& result) {
  answer(std::move(job), ports::StoreStatus::Ok, std::move(result));
}

void Lane::ask_alone(std::vector<Job>&& jobs) {
  for (Job& job : jobs) job.alone = true;
  waiting_.insert(waiting_.begin(), std::make_move_iterator(jobs.begin()), std::make_move_iterator(jobs.end()));
}

void Lane::answer_all(std::vector<Job>&& jobs, ports::StoreStatus status) {
  for (Job& job : jobs) answer(std::move(job), status);
}

void Lane::answer(Job&& job, ports::StoreStatus status, ports::StoreResult&& result) {
  if (health_.failed()) status = ports::StoreStatus::Stopped;
  shared_.finish(std::move(job), status, std::move(result));
}

}  // namespace starling::postgres
