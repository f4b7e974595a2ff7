// The search behind the configuration: it hears of this node's commits, and reads the same database.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "common/base/result.h"
#include "server/app/config.h"
#include "server/search/search.h"

namespace starling::app {

/// Owner: the main thread; find() and metrics() may be called from any, after start().
class SearchService {
 public:
  explicit SearchService(const Config& config);

  /// For the store, which is opened before start() and ends before this; empty when there is no search.
  std::function<void(std::span<const RoomId>)> committed();
  /// The database exists.
  void start();

  /// Blocks while it reads. Unavailable when search is turned off.
  Result<search::SearchPage, search::SearchError> find(const search::SearchQuery& query);
  /// Prometheus text.
  std::string metrics() const;

 private:
  bool enabled_;
  search::SearchOptions options_;
  search::HintQueue hints_;
  std::optional<search::Search> search_;
};

}  // namespace starling::app
