#include "server/store/postgres/relay.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "server/store/postgres/limits.h"
#include "server/store/postgres/params.h"
#include "server/store/postgres/session.h"
#include "server/store/postgres/standstill.h"

namespace starling::postgres {
namespace {

/// Not let go before the connection ends.
constexpr Statement kRun{"run", "SELECT pg_advisory_lock_shared($1)"};
constexpr Statement kIsLeft{"outbox_is_left", "SELECT EXISTS (SELECT FROM outbox)"};
constexpr Statement kOfRooms{
    "outbox_of_rooms",
    "SELECT room_id, number, kind, image::text FROM outbox WHERE room_id = ANY ($1::bigint[]) ORDER BY room_id, number "
    "LIMIT $2"};
constexpr Statement kOfAll{"outbox_of_all",
                           "SELECT room_id, number, kind, image::text FROM outbox ORDER BY room_id, number LIMIT $1"};
constexpr Statement kTake{"take_outbox", "SELECT take_outbox($1, $2, $3, $4)"};
// Who has the lock of a row is about to do the same.
constexpr Statement kDelete{
    "outbox_told",
    "DELETE FROM outbox WHERE (room_id, number) IN (SELECT o.room_id, o.number FROM outbox AS o JOIN "
    "unnest($1::bigint[], $2::bigint[]) AS q (room_id, number) USING (room_id, number) FOR UPDATE OF o SKIP LOCKED)"};

}  // namespace

OutboxRun::Told OutboxRun::of_rooms(const std::vector<RoomId>& rooms) {
  std::vector<std::int64_t> ids;
  for (const RoomId room : rooms) ids.push_back(bigint_of(room));
  return tell({&kOfRooms, Params().add_array(ids).add(limits::kRelayRows)});
}

OutboxRun::Told OutboxRun::of_all() { return tell({&kOfAll, Params().add(limits::kRelayRows)}); }

OutboxRun::Told OutboxRun::tell(Call read) {
  // What is read is proven before anybody is told of it.
  const Rows rows = std::move(part_->run({std::move(read)}, replicated_).front());
  if (rows.empty()) return {.all = true};
  std::vector<std::int64_t> rooms;
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> kinds;
  std::vector<std::string_view> images;
  for (int row = 0; row < rows.count(); ++row) {
    rooms.push_back(rows.i64(row, 0));
    numbers.push_back(rows.i64(row, 1));
    kinds.push_back(rows.i64(row, 2));
    images.push_back(rows.bytes(row, 3));
  }
  const auto place = [&] { return Params().add_array(rooms).add_array(numbers); };
  const auto told = people_->run({{&kTake, place().add_array(kinds).add_text_array(images)}}, replicated_);
  // Nobody waits for it: a row that comes back in a failover was told, as its number says.
  part_->run({{&kDelete, place()}});
  return {.rows = told.front().u64(0, 0), .all = static_cast<std::size_t>(rows.count()) < limits::kRelayRows};
}

void tell_people(const Databases& databases) {
  for (const Database& database : databases.parts) {
    BoundedSession part(database.conninfo, std::make_shared<Resolver>(database.conninfo), 0, Access::Write);
    BoundedSession people(databases.people.conninfo, std::make_shared<Resolver>(databases.people.conninfo), 0,
                          Access::Write);
    OutboxRun run(part, people, false);
    while (!run.of_all().all) continue;
  }
}

Relay::Relay(Config config, Complete complete)
    : config_(std::move(config)),
      complete_(std::move(complete)),
      part_resolver_(std::make_shared<Resolver>(config_.part)),
      people_resolver_(std::make_shared<Resolver>(config_.people)),
      emptied_(Clock::now().time_since_epoch().count()),
      thread_([this] { run(); }) {}

void Relay::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Relay::answer(RoomId room, ShardId shard, ports::StoreCompletion&& completion) {
  {
    const std::scoped_lock lock(mutex_);
    inbox_.push_back({.room = room,
                      .shard = shard,
                      .completion = std::move(completion),
                      .until = Clock::now() + limits::kRelayPatience});
  }
  wake_.notify_one();
}

void Relay::ask(Call call, Take take) {
  {
    const std::scoped_lock lock(mutex_);
    asked_.push_back({.call = std::move(call), .take = std::move(take)});
  }
  wake_.notify_one();
}

std::chrono::seconds Relay::behind() const {
  const Clock::duration since(Clock::now().time_since_epoch().count() - emptied_.load(std::memory_order_relaxed));
  return std::chrono::duration_cast<std::chrono::seconds>(since);
}

void Relay::run() {
  while (wait()) {
    try {
      if (!part_ && Clock::now() >= connect_at_) connect();
      put_questions();
      tell_waiting();
      if (Clock::now() >= sweep_at_) sweep();
    } catch (const Failed&) {
      lose();
    }
    give_up();
  }
}

bool Relay::wait() {
  std::unique_lock lock(mutex_);
  const auto at = part_ ? sweep_at_ : connect_at_;
  wake_.wait_until(lock, at, [&] { return closed_ || !asked_.empty() || !inbox_.empty(); });
  const bool more = !inbox_.empty() || !asked_.empty();
  std::ranges::move(inbox_, std::back_inserter(waiting_));
  inbox_.clear();
  std::ranges::move(asked_, std::back_inserter(questions_));
  asked_.clear();
  ends_ = closed_;
  return more || !ends_;
}

void Relay::connect() {
  part_.emplace(config_.part, part_resolver_, first_host_, Access::Write);
  people_.emplace(config_.people, people_resolver_, first_host_, Access::Write);
  for (BoundedSession* session : {&*part_, &*people_}) session->run({{&kRun, Params().add(kNodesLock)}});
}

void Relay::put_questions() {
  if (!people_) return;
  while (!questions_.empty()) {
    const std::vector<Rows> rows = part_->run({questions_.front().call}, config_.replicated);
    const Question answered = std::move(questions_.front());
    questions_.erase(questions_.begin());
    answered.take(&rows.front());
  }
}

void Relay::tell_waiting() {
  if (!people_ || waiting_.empty()) return;
  std::set<RoomId> rooms;
  for (const Waiting& each : waiting_) rooms.insert(each.room);
  OutboxRun run(*part_, *people_, config_.replicated);
  for (bool all = false; !all;) {
    const auto told = run.of_rooms({rooms.begin(), rooms.end()});
    count(told);
    all = told.all;
  }
  for (Waiting& each : std::exchange(waiting_, {})) complete_(each.shard, std::move(each.completion));
}

/// What others have left, and what nobody waits for.
void Relay::sweep() {
  if (!people_) return;
  bool all = !part_->run({{&kIsLeft, {}}}).front().flag(0, 0);
  if (!all) {
    const auto told = OutboxRun(*part_, *people_, config_.replicated).of_all();
    count(told);
    all = told.all;
  }
  if (all) emptied_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
  sweep_at_ = Clock::now() + (all ? limits::kSweepEvery : std::chrono::milliseconds(0));
}

void Relay::count(const OutboxRun::Told& told) { told_.fetch_add(told.rows, std::memory_order_relaxed); }

void Relay::lose() {
  part_.reset();
  people_.reset();
  // Who refuses us, or says nothing, may go on like that: the primary is another one then.
  ++first_host_;
  connect_at_ = Clock::now() + limits::kBackOffMax;
}

/// Who has waited long enough. It has happened, and is repeated: then it is told.
void Relay::give_up() {
  const Clock::time_point now = Clock::now();
  if (!part_) {
    for (const Question& each : std::exchange(questions_, {})) each.take(nullptr);
  }
  std::vector<Waiting> left;
  for (Waiting& each : std::exchange(waiting_, {})) {
    if (each.until > now && !ends_) {
      left.push_back(std::move(each));
      continue;
    }
    each.completion.status = ports::StoreStatus::Unknown;
    auto* committed = std::get_if<ports::Committed>(&each.completion.result);
    if (committed != nullptr) {
      committed->results.clear();
    } else {
      each.completion.result = ports::Done{};
    }
    complete_(each.shard, std::move(each.completion));
  }
  waiting_ = std::move(left);
}

}  // namespace starling::postgres
