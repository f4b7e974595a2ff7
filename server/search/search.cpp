#include "server/search/search.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "server/search/index_file.h"

namespace starling::search {

using sqlite::SqliteError;
using Clock = std::chrono::steady_clock;

Search::Search(SearchOptions options, HintQueue& hints)
    : options_(std::move(options)), hints_(&hints), thread_([this] { run(); }) {}

Search::~Search() {
  {
    const std::scoped_lock lock(mutex_);
    stop_.store(true, std::memory_order_release);
  }
  changed_.notify_all();
  hints_->wake();
  thread_.join();
}

void Search::say(const std::string& text, bool is_fault) const {
  if (options_.report) options_.report(text, is_fault);
}

void Search::run() {
  // Who chats goes first. Linux takes it for this thread alone; where it is forbidden, the rests are what is left.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), limits::kNice);
  while (!stopping()) {
    try {
      Indexer indexer(options_.index_path, options_.open_log());
      if (indexer.renewed()) {
        rebuilt_.fetch_add(1, std::memory_order_relaxed);
        say("building the search index anew from the database");
      }
      work(indexer);
    } catch (const LogFault& fault) {
      wait_for_log(fault);
    } catch (const SqliteError& error) {
      faults_.fetch_add(1, std::memory_order_relaxed);
      say(std::string("the search index failed: ") + error.what(), true);
      if (is_damage(error.code())) damaged_.store(true, std::memory_order_release);
      // A damaged index is made anew at once; what does not help must not be done over and over.
      const auto now = Clock::now();
      if (!is_damage(error.code()) || (failed_ && now - *failed_ < limits::kRetryAfter)) wait_for_index();
      failed_ = now;
    }
    close_finders();
    if (damaged_.exchange(false, std::memory_order_acq_rel)) discard_index(options_.index_path);
  }
}

void Search::wait_for_index() {
  close_finders();
  pause(limits::kRetryAfter);
}

void Search::wait_for_log(const LogFault& fault) {
  faults_.fetch_add(1, std::memory_order_relaxed);
  behind_.store(true, std::memory_order_relaxed);
  log_retry_ = std::clamp<std::chrono::milliseconds>(log_retry_ * 2, limits::kLogRetryMin, limits::kLogRetryMax);
  say(std::string("the search cannot read the log: ") + fault.what() + "; tried again in " +
          std::to_string(std::chrono::duration_cast<std::chrono::seconds>(log_retry_).count()) + " s",
      true);
  close_finders();
  pause(log_retry_);
}

void Search::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopping(); });
}

bool Search::compare(Indexer& indexer, bool at_start) {
  const auto began = Clock::now();
  log_away_.store(false, std::memory_order_release);
  if (!indexer.compare(at_start)) {
    say("the search index is of another history of the database");
    damaged_.store(true, std::memory_order_release);
    return false;
  }
  const auto took = Clock::now() - began;
  compare_ms_.store(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()),
                    std::memory_order_relaxed);
  compare_at_ = Clock::now() + std::max<Clock::duration>(options_.compare_every, took * limits::kCompareShare);
  log_retry_ = {};
  open_finders();
  return true;
}

/// Until it is to stop, or the index is of no more use.
void Search::work(Indexer& indexer) {
  if (!compare(indexer, true)) return;
  std::uint64_t upto = 0;
  while (!stopping() && !damaged_.load(std::memory_order_acquire)) {
    const auto began = Clock::now();
    const HintQueue::Hints hints = hints_->take();
    upto = hints.upto;
    indexer.hint(hints.rooms);
    if (hints.lost || began >= compare_at_ || log_away_.load(std::memory_order_acquire)) {
      if (!compare(indexer, false)) return;
    }
    const std::uint64_t before = indexer.indexed();
    const bool more = indexer.behind() && indexer.step();
    indexed_.fetch_add(indexer.indexed() - before, std::memory_order_relaxed);
    behind_.store(more, std::memory_order_relaxed);
    if (more) {
      rest(Clock::now() - began);
      continue;
    }
    {
      const std::scoped_lock lock(mutex_);
      settled_ = upto;
      settled_once_ = true;
    }
    changed_.notify_all();
    hints_->wait(std::chrono::ceil<std::chrono::milliseconds>(compare_at_ - Clock::now()));
    if (!stopping()) std::this_thread::sleep_for(options_.gather);
  }
}

void Search::rest(Clock::duration worked) {
  std::this_thread::sleep_for(std::min<Clock::duration>(worked / 4, limits::kRestMax));
}

void Search::open_finders() {
  {
    const std::scoped_lock lock(mutex_);
    open_ = true;
  }
  changed_.notify_all();
}

void Search::refuse_finders() {
  {
    const std::scoped_lock lock(mutex_);
    open_ = false;
    idle_.clear();
  }
  changed_.notify_all();
}

/// A file that is open must not be replaced below its connections.
void Search::close_finders() {
  refuse_finders();
  std::unique_lock lock(mutex_);
  settled_once_ = false;
  changed_.wait(lock, [this] { return lent_ == 0; });
}

std::unique_ptr<Finder> Search::borrow() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !open_ || lent_ < limits::kFindersMax; });
  if (!open_) return nullptr;
  ++lent_;
  if (!idle_.empty()) {
    auto finder = std::move(idle_.back());
    idle_.pop_back();
    return finder;
  }
  lock.unlock();
  try {
    return std::make_unique<Finder>(options_.index_path, options_.open_log());
  } catch (const std::exception&) {
    give_back(nullptr);
    throw;
  }
}

void Search::give_back(std::unique_ptr<Finder> finder) {
  {
    const std::scoped_lock lock(mutex_);
    if (finder != nullptr && open_) idle_.push_back(std::move(finder));
    finder.reset();  // before the file may be replaced
    --lent_;
  }
  changed_.notify_all();
}

Result<SearchPage, SearchError> Search::find(const SearchQuery& query) {
  queries_.fetch_add(1, std::memory_order_relaxed);
  std::unique_ptr<Finder> finder;
  try {
    finder = borrow();
    if (finder == nullptr) return fail(SearchError::Unavailable);
    auto page = finder->find(query);
    give_back(std::move(finder));
    if (page) page->catching_up = behind_.load(std::memory_order_relaxed);
    return page;
  } catch (const LogFault&) {
    // In this order: whatever the indexer is at, it compares once more, and opens them again.
    refuse_finders();
    log_away_.store(true, std::memory_order_release);
  } catch (const SqliteError& error) {
    if (is_damage(error.code())) damaged_.store(true, std::memory_order_release);
  }
  faults_.fetch_add(1, std::memory_order_relaxed);
  hints_->wake();
  if (finder != nullptr) {
    finder.reset();
    give_back(nullptr);
  }
  return fail(SearchError::Unavailable);
}

bool Search::settle(std::chrono::milliseconds patience) {
  const std::uint64_t wanted = hints_->calls();
  std::unique_lock lock(mutex_);
  return changed_.wait_for(
      lock, patience, [&] { return settled_once_ && settled_ >= wanted && !damaged_.load(std::memory_order_acquire); });
}

SearchStats Search::stats() const {
  return {.indexed = indexed_.load(std::memory_order_relaxed),
          .rebuilt = rebuilt_.load(std::memory_order_relaxed),
          .queries = queries_.load(std::memory_order_relaxed),
          .faults = faults_.load(std::memory_order_relaxed),
          .compare_ms = compare_ms_.load(std::memory_order_relaxed),
          .behind = behind_.load(std::memory_order_relaxed)};
}

std::string Search::metrics() const {
  const SearchStats now = stats();
  std::string text;
  const auto add = [&text](const char* name, const char* type, const char* help, std::uint64_t value) {
    text += std::string("# HELP starling_search_") + name + " " + help + "\n# TYPE starling_search_" + name + " " +
            type + "\nstarling_search_" + name + " " + std::to_string(value) + "\n";
  };
  add("indexed_total", "counter", "Messages indexed", now.indexed);
  add("rebuilt_total", "counter", "Indexes that were begun anew", now.rebuilt);
  add("queries_total", "counter", "Searches", now.queries);
  add("faults_total", "counter", "Faults of the index or the log met by the indexer or a search", now.faults);
  add("compare_ms", "gauge", "How long the last comparison of all rooms took", now.compare_ms);
  add("behind", "gauge", "The index is behind the log", now.behind ? 1 : 0);
  return text;
}

}  // namespace starling::search
