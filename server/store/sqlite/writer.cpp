#include "server/store/sqlite/writer.h"

#include <time.h>

#include <chrono>
#include <type_traits>
#include <utility>

#include "common/base/assert.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/limits.h"

namespace starling::store {
namespace {

std::uint64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

int on_wal(void* checkpointer, sqlite3*, const char*, int frames) {
  static_cast<Checkpointer*>(checkpointer)->wal_grew(frames);
  return SQLITE_OK;
}

/// A file has one node, and nobody to be fenced off.
ports::LeaseKept alone(const ports::KeepLease& request) {
  ports::View view{.id = ViewId(1)};
  view.add(request.node);
  ports::LeaseKept kept{.kept = true};
  if (request.known < view.id) kept.views.push_back(std::move(view));
  return kept;
}

/// A batch is given back whatever became of it.
ports::StoreResult without_result(ports::StoreRequest& request) {
  auto* batch = std::get_if<ports::CommitBatch>(&request);
  if (batch == nullptr) return ports::Done{};
  ports::Committed committed;
  committed.batch = std::move(*batch);
  return committed;
}

}  // namespace

Writer::Writer(Connection& connection, std::string path, Shared shared)
    : connection_(&connection),
      path_(std::move(path)),
      shared_(shared),
      begin_(connection, "BEGIN IMMEDIATE"),
      end_(connection, "COMMIT"),
      trial_(connection, "UPDATE trials SET count = count + 1"),
      savepoints_(connection),
      commits_(connection),
      creates_(connection),
      marks_(connection),
      items_(connection),
      links_(connection),
      accounts_(connection) {
  sqlite3_wal_hook(connection.get(), on_wal, &shared.checkpointer);
}

void Writer::run() {
  std::vector<Job> jobs;
  while (shared_.queue.take_group(jobs, limits::kTrialEvery)) {
    if (!jobs.empty()) {
      serve(jobs);
    } else if (shared_.health.state() != Health::State::Good) {
      try_again();
    }
    jobs.clear();
  }
}

void Writer::serve(std::vector<Job>& jobs) {
  std::vector<ports::StoreResult> results;
  results.reserve(jobs.size());
  const auto status = shared_.health.failed() ? ports::StoreStatus::Stopped : commit(jobs, results);
  if (status == ports::StoreStatus::Ok) {
    count(jobs, results);
    tell_grown(jobs, results);
  }
  shared_.counters.writer_cpu_ns.store(thread_cpu_ns(), std::memory_order_relaxed);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    ports::StoreOp& op = jobs[i].op;
    ports::StoreCompletion completion{.id = op.id, .status = status, .result = {}};
    if (status == ports::StoreStatus::Ok) {
      completion.result = std::move(results[i]);
      if (auto* committed = std::get_if<ports::Committed>(&completion.result)) {
        committed->batch = std::move(std::get<ports::CommitBatch>(op.request));
      }
    } else {
      completion.result = without_result(op.request);
    }
    shared_.complete(jobs[i].shard, std::move(completion));
  }
}

ports::StoreStatus Writer::commit(const std::vector<Job>& jobs, std::vector<ports::StoreResult>& results) {
  const auto began = std::chrono::steady_clock::now();
  auto status = attempt(jobs, results, false);
  if (!status) {
    // A savepoint copies every page that it touches: too much to pay always for what hardly ever happens.
    results.clear();
    status = attempt(jobs, results, true);
  }
  STARLING_ASSERT(status.has_value());
  if (*status != ports::StoreStatus::Ok) return *status;
  shared_.health.good();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  shared_.counters.commit_us.add(static_cast<std::uint64_t>(took.count()));
  return ports::StoreStatus::Ok;
}

std::optional<ports::StoreStatus> Writer::attempt(const std::vector<Job>& jobs,
                                                  std::vector<ports::StoreResult>& results, bool careful) {
  bool committing = false;
  try {
    begin_.run();
    for (const Job& job : jobs) results.push_back(execute(job.op.request, careful));
    committing = true;
    end_.run();
  } catch (const SqliteError& error) {
    connection_->rollback();
    if (!careful && fault_of(error.code()) == Fault::Refused) return std::nullopt;
    return status_of(error, committing);
  }
  return ports::StoreStatus::Ok;
}

ports::StoreResult Writer::execute(const ports::StoreRequest& request, bool careful) {
  return std::visit(
      [this, careful](const auto& each) -> ports::StoreResult {
        using Request = std::decay_t<decltype(each)>;
        if constexpr (std::is_same_v<Request, ports::CommitBatch>) {
          return commits_.run(each, careful);
        } else if constexpr (std::is_same_v<Request, ports::CreateRoom>) {
          return make_room(each, careful);
        } else if constexpr (std::is_same_v<Request, ports::PutItem>) {
          return items_.put(each);
        } else if constexpr (std::is_same_v<Request, ports::ChangeRooms>) {
          return ports::RoomsAnswered{links_.change(each.request)};
        } else if constexpr (std::is_same_v<Request, ports::ChangeAccounts>) {
          return change_accounts(each, careful);
        } else if constexpr (std::is_same_v<Request, ports::KeepLease>) {
          return alone(each);
        } else if constexpr (std::is_same_v<Request, ports::RaiseEpoch>) {
          return marks_.raise(each);
        } else if constexpr (std::is_same_v<Request, ports::PutReadMarks> ||
                             std::is_same_v<Request, ports::PutCheckpoint>) {
          marks_.put(each);
          return ports::Done{};
        } else {
          static_assert(!std::is_same_v<Request, Request> || std::is_same_v<Request, ports::LoadRoom> ||
                        std::is_same_v<Request, ports::ReadPage> || std::is_same_v<Request, ports::ReadDevice> ||
                        std::is_same_v<Request, ports::LoadUser> || std::is_same_v<Request, ports::LoadItems> ||
                        std::is_same_v<Request, ports::ReadRooms> || std::is_same_v<Request, ports::ReadAccounts>);
          return ports::Done{};  // reads never come here
        }
      },
      request);
}

ports::StoreResult Writer::make_room(const ports::CreateRoom& request, bool careful) {
  if (!careful) return creates_.run(request);
  try {
    Savepoint savepoint(savepoints_);
    const ports::RoomMade made = creates_.run(request);
    savepoint.release();
    return made;
  } catch (const SqliteError& error) {
    if (fault_of(error.code()) != Fault::Refused) throw;
    return ports::RoomMade{.status = wire::CreateStatus::Rejected};
  }
}

ports::StoreResult Writer::change_accounts(const ports::ChangeAccounts& request, bool careful) {
  if (!careful) return ports::AccountsAnswered{accounts_.run(request)};
  try {
    Savepoint savepoint(savepoints_);
    ports::AccountsAnswered answer{accounts_.run(request)};
    savepoint.release();
    return answer;
  } catch (const SqliteError& error) {
    if (fault_of(error.code()) != Fault::Refused) throw;
    return ports::AccountsAnswered{ports::ChangeRefused{}};
  }
}

/// Nothing of the transaction happened, unless the disk failed while it was being committed: then nobody knows.
ports::StoreStatus Writer::status_of(const SqliteError& error, bool committing) {
  const std::string why = explain(error, path_);
  switch (fault_of(error.code())) {
    case Fault::Full:
      shared_.health.full(why);
      shared_.counters.failed_full.fetch_add(1, std::memory_order_relaxed);
      return ports::StoreStatus::Full;
    case Fault::Busy:
      shared_.health.locked(why);
      shared_.counters.failed_locked.fetch_add(1, std::memory_order_relaxed);
      return ports::StoreStatus::Unavailable;
    case Fault::Refused:  // no statement outside the savepoints can be refused
    case Fault::Fatal:
      break;
  }
  shared_.health.fail(why);
  shared_.counters.failed_fatal.fetch_add(1, std::memory_order_relaxed);
  return committing ? ports::StoreStatus::Unknown : ports::StoreStatus::Stopped;
}

void Writer::count(const std::vector<Job>& jobs, const std::vector<ports::StoreResult>& results) {
  Counters& counters = shared_.counters;
  std::uint64_t accepted = 0;
  std::uint64_t answered = 0;
  std::uint64_t batches = 0;
  for (const ports::StoreResult& result : results) {
    const auto* committed = std::get_if<ports::Committed>(&result);
    if (committed == nullptr) continue;
    ++batches;
    answered += committed->results.size();
    accepted += committed->head.value - committed->prev_head.value;
  }
  counters.transactions.fetch_add(1, std::memory_order_relaxed);
  counters.batches.fetch_add(batches, std::memory_order_relaxed);
  counters.rows_answered.fetch_add(answered, std::memory_order_relaxed);
  counters.rows_accepted.fetch_add(accepted, std::memory_order_relaxed);
  counters.rows_refused.store(commits_.refused(), std::memory_order_relaxed);
  counters.rows_per_transaction.add(answered + jobs.size() - batches);
}

void Writer::tell_grown(const std::vector<Job>& jobs, const std::vector<ports::StoreResult>& results) {
  if (!shared_.committed) return;
  grown_.clear();
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (const auto* committed = std::get_if<ports::Committed>(&results[i])) {
      if (committed->head == committed->prev_head) continue;
      grown_.push_back(std::get<ports::CommitBatch>(jobs[i].op.request).room);
    } else if (const auto* answered = std::get_if<ports::AccountsAnswered>(&results[i])) {
      const auto* created = std::get_if<ports::AccountCreated>(&*answered->result);
      if (created != nullptr && created->room) grown_.push_back(created->room);
    }
  }
  if (!grown_.empty()) shared_.committed(grown_);
}

/// Nobody sends to a store that is known to be full: it finds out by itself when space has come back.
void Writer::try_again() {
  if (shared_.health.failed()) return;
  bool committing = false;
  try {
    begin_.run();
    trial_.run();
    committing = true;
    end_.run();
    shared_.health.good();
  } catch (const SqliteError& error) {
    connection_->rollback();
    status_of(error, committing);
  }
}

}  // namespace starling::store
