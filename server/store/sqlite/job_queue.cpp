#include "server/store/sqlite/job_queue.h"

#include <utility>
#include <variant>

#include "server/store/sqlite/limits.h"

namespace starling::store {
namespace {

struct Weight {
  std::size_t rows = 0;
  std::size_t bytes = 0;
};

Weight weight(const ports::StoreRequest& request) {
  if (const auto* marks = std::get_if<ports::PutReadMarks>(&request)) {
    return {.rows = marks->marks.size(), .bytes = marks->marks.size() * sizeof(ports::ReadMarkRow)};
  }
  const auto* batch = std::get_if<ports::CommitBatch>(&request);
  if (batch == nullptr) return {.rows = 1, .bytes = 256};
  Weight sum{.rows = batch->rows.size(), .bytes = batch->rows.size() * sizeof(ports::CommitRow)};
  for (const ports::CommitRow& row : batch->rows) sum.bytes += row.body.size();
  return sum;
}

}  // namespace

void JobQueue::push(Job&& job) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void JobQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool JobQueue::take_one(Job& job) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
  if (jobs_.empty()) return false;
  job = std::move(jobs_.front());
  jobs_.pop_front();
  return true;
}

bool JobQueue::take_group(std::vector<Job>& jobs, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return closed_ || !jobs_.empty(); });
  if (jobs_.empty()) return !closed_;
  Weight taken;
  do {
    const Weight more = weight(jobs_.front().op.request);
    const bool fits =
        taken.rows + more.rows <= limits::kGroupRowsMax && taken.bytes + more.bytes <= limits::kGroupBytesMax;
    if (!jobs.empty() && !fits) break;
    taken = {.rows = taken.rows + more.rows, .bytes = taken.bytes + more.bytes};
    jobs.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  } while (!jobs_.empty());
  return true;
}

std::size_t JobQueue::waiting() const {
  const std::scoped_lock lock(mutex_);
  return jobs_.size();
}

}  // namespace starling::store
