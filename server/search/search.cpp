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
  auto failed = Clock::time_point::min();
  while (!stopping()) {
    try {
      Indexer indexer(options_.log_path, options_.index_path);
      if (indexer.renewed()) {
        rebuilt_.fetch_add(1, std::memory_order_relaxed);
        say("building the search index anew from the database");
      }
      work(indexer);
    } catch (const SqliteError& error) {
      faults_.fetch_add(1, std::memory_order_relaxed);
      say(std::string("the search index failed: ") + error.what(), true);
      if (is_damage(error.code())) damaged_.store(true, std::memory_order_release);
      // A damaged index is made anew at once; what does not help must not be done over and over.
      const auto now = Clock::now();
      if (!is_damage(error.code()) || (failed != Clock::time_point::min() && now - failed < limits::kRetryAfter)) {
        close_finders();
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, limits::kRetryAfter, [this] { return stopping(); });
      }
      failed = now;
    }
    close_finders();
    if (damaged_.exchange(false, std::memory_order_acq_rel)) discard_index(options_.index_path);
  }
}

/// Until it is to stop, or the index is of no more use.
void Search::work(Indexer& indexer) {
  if (!indexer.compare(true)) {
    say("the search index is of another history of the database");
    damaged_.store(true, std::memory_order_release);
    return;
  }
  open_finders();
  auto compared = Clock::now();
  std::uint64_t upto = 0;
  while (!stopping() && !damaged_.load(std::memory_order_acquire)) {
    const auto began = Clock::now();
    const HintQueue::Hints hints = hints_->take();
    upto = hints.upto;
    for (const RoomId room : hints.rooms) indexer.hint(room);
    if (hints.lost || began - compared >= limits::kCompareEvery) {
      compared = began;
      if (!indexer.compare(false)) {
        damaged_.store(true, std::memory_order_release);
        return;
      }
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
    hints_->wait(std::chrono::duration_cast<std::chrono::milliseconds>(limits::kCompareEvery));
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

/// A file that is open must not be replaced below its connections.
void Search::close_finders() {
  std::unique_lock lock(mutex_);
  open_ = false;
  settled_once_ = false;
  changed_.wait(lock, [this] { return lent_ == 0; });
  idle_.clear();
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
    return std::make_unique<Finder>(options_.index_path, options_.log_path);
  } catch (const SqliteError&) {
    give_back(nullptr);
    throw;
  }
}

void Search::give_back(std::unique_ptr<Finder> finder) {
  {
    const std::scoped_lock lock(mutex_);
    --lent_;
    if (finder != nullptr) idle_.push_back(std::move(finder));
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
  } catch (const SqliteError& error) {
    faults_.fetch_add(1, std::memory_order_relaxed);
    if (is_damage(error.code())) {
      damaged_.store(true, std::memory_order_release);
      hints_->wake();
    }
    if (finder != nullptr) {
      finder.reset();
      give_back(nullptr);
    }
    return fail(SearchError::Unavailable);
  }
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
  add("faults_total", "counter", "Faults of SQLite met by the indexer or a search", now.faults);
  add("behind", "gauge", "The index is behind the log", now.behind ? 1 : 0);
  return text;
}

}  // namespace starling::search
