#include "server/app/search_service.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>
#include <vector>

#include "server/search/postgres/parts_log.h"
#include "server/search/postgres/postgres_log.h"
#include "server/search/sqlite_log.h"

namespace starling::app {
namespace {

search::OpenLog logs_of(const Config& config) {
  if (!config.store.is_shared()) return search::sqlite_logs(config.database_path());
  const bool replicated = config.store.durability == Durability::Replicated;
  if (config.store.rooms.empty()) return search::postgres_logs(config.store.postgres, replicated);
  std::vector<search::OpenLog> parts;
  for (const std::string& rooms : config.store.rooms) parts.push_back(search::postgres_logs(rooms, replicated));
  return search::parts_logs(std::move(parts));
}

}  // namespace

SearchService::SearchService(const Config& config)
    : enabled_(config.search),
      options_{.open_log = logs_of(config),
               .index_path = config.search_path(),
               .report =
                   [](const std::string& what, bool is_fault) {
                     spdlog::log(is_fault ? spdlog::level::warn : spdlog::level::info, "{}", what);
                   },
               .compare_every =
                   config.store.is_shared() ? search::limits::kCompareSharedEvery : search::limits::kCompareEvery} {}

std::function<void(std::span<const RoomId>)> SearchService::committed() {
  if (!enabled_) return {};
  return [this](std::span<const RoomId> rooms) { hints_.committed(rooms); };
}

void SearchService::start() {
  if (enabled_) search_.emplace(options_, hints_);
}

Result<search::SearchPage, search::SearchError> SearchService::find(const search::SearchQuery& query) {
  if (!search_) return fail(search::SearchError::Unavailable);
  return search_->find(query);
}

std::string SearchService::metrics() const { return search_ ? search_->metrics() : std::string(); }

}  // namespace starling::app
