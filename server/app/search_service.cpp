#include "server/app/search_service.h"

#include <spdlog/spdlog.h>

#include "server/search/sqlite_log.h"

namespace starling::app {

SearchService::SearchService(const Config& config)
    : enabled_(config.search && !config.store.is_shared()),
      options_{.open_log = search::sqlite_logs(config.database_path()),
               .index_path = config.search_path(),
               .report = [](const std::string& what, bool is_fault) {
                 spdlog::log(is_fault ? spdlog::level::warn : spdlog::level::info, "{}", what);
               }} {}

std::function<void(std::span<const RoomId>)> SearchService::committed() {
  if (!enabled_) return {};
  return [this](std::span<const RoomId> rooms) { hints_.committed(rooms); };
}

void SearchService::start() {
  if (enabled_) search_.emplace(options_, hints_);
}

void SearchService::stop() { search_.reset(); }

Result<search::SearchPage, search::SearchError> SearchService::find(const search::SearchQuery& query) {
  if (!search_) return fail(search::SearchError::Unavailable);
  return search_->find(query);
}

std::string SearchService::metrics() const { return search_ ? search_->metrics() : std::string(); }

}  // namespace starling::app
