// The search of a server: an indexer on a thread of its own, and connections for those who ask.
//
// Where the log is away nobody asks for it: the indexer tries, less and less often, and when it has proven that it reads, those
// who search do as well.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "server/search/finder.h"
#include "server/search/hint_queue.h"
#include "server/search/indexer.h"
#include "server/search/query.h"

namespace starling::search {

struct SearchOptions {
  OpenLog open_log;
  std::string index_path;  // may be absent
  /// Called by the indexer's thread with what an operator should know; a fault is to be looked at.
  std::function<void(const std::string&, bool is_fault)> report;
  std::chrono::milliseconds gather = limits::kGather;
  std::chrono::milliseconds compare_every = limits::kCompareEvery;
};

struct SearchStats {
  std::uint64_t indexed = 0;  // messages, since the start
  std::uint64_t rebuilt = 0;  // indexes that were made anew
  std::uint64_t queries = 0;
  std::uint64_t faults = 0;      // of index and log, met by indexer and queries
  std::uint64_t compare_ms = 0;  // how long the last comparison of all rooms took
  bool behind = false;
};

class Search {
 public:
  /// `hints` outlives it. What goes wrong with the index is tried again, and never the caller's concern.
  Search(SearchOptions options, HintQueue& hints);
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;
  /// Nobody searches any more.
  ~Search();

  /// Any thread; it blocks while it reads. More than limits::kFindersMax wait for each other.
  Result<SearchPage, SearchError> find(const SearchQuery& query);

  /// Until all that was committed before is indexed. False: not in this time.
  bool settle(std::chrono::milliseconds patience);
  SearchStats stats() const;
  /// Prometheus text.
  std::string metrics() const;

 private:
  void run();
  void work(Indexer& indexer);
  /// False: another index is needed.
  bool compare(Indexer& indexer, bool at_start);
  void wait_for_index();
  void wait_for_log(const LogFault& fault);
  void pause(std::chrono::milliseconds time);
  void rest(std::chrono::steady_clock::duration worked);
  bool stopping() const { return stop_.load(std::memory_order_acquire); }
  void say(const std::string& text, bool is_fault = false) const;

  void open_finders();
  /// Nobody borrows one until they are open again.
  void refuse_finders();
  void close_finders();
  std::unique_ptr<Finder> borrow();
  void give_back(std::unique_ptr<Finder> finder);

  SearchOptions options_;
  HintQueue* hints_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> damaged_ = false;   // a query met damage
  std::atomic<bool> log_away_ = false;  // a query could not read the log
  std::atomic<std::uint64_t> indexed_ = 0;
  std::atomic<std::uint64_t> rebuilt_ = 0;
  std::atomic<std::uint64_t> queries_ = 0;
  std::atomic<std::uint64_t> faults_ = 0;
  std::atomic<std::uint64_t> compare_ms_ = 0;
  std::atomic<bool> behind_ = true;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;                          // the index can be read
  std::size_t lent_ = 0;                       // finders in use
  std::vector<std::unique_ptr<Finder>> idle_;  // and not
  std::uint64_t settled_ = 0;                  // calls of `committed` that are indexed
  bool settled_once_ = false;

  // Of the indexer's thread.
  std::optional<std::chrono::steady_clock::time_point> failed_;  // the index, last
  std::chrono::steady_clock::time_point compare_at_{};
  std::chrono::milliseconds log_retry_{0};  // 0: it is well

  std::thread thread_;
};

}  // namespace starling::search
