// The log in PostgreSQL, which several nodes share (docs/decisions/0028).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/search/log.h"
#include "server/store/postgres/bounded_session.h"

namespace starling::search {

class PostgresLog final : public Log {
 public:
  /// Of the primary: a standby may not know yet who was removed. `replicated`: prove() waits for a synchronous standby.
  PostgresLog(const std::string& conninfo, std::shared_ptr<postgres::Resolver> resolver, std::size_t first_host,
              bool replicated);

  std::uint64_t history() override;
  std::vector<LogRoom> rooms_from(RoomId first, std::size_t limit) override;
  std::vector<LogRest> rest_after(std::span<const LogPlace> places) override;
  std::vector<std::vector<LogEvent>> events_after(std::span<const LogPlace> places, std::uint32_t each) override;
  std::vector<LogSight> sights_of(UserId user, std::optional<RoomId> only) override;
  std::vector<std::optional<LogMessage>> messages(UserId user, std::span<const LogPlace> places) override;
  /// A commit behind what was read, on the same connection (docs/decisions/0018).
  void prove() override;

 private:
  postgres::Rows ask(const postgres::Statement& statement, postgres::Params params);

  bool replicated_;
  std::unique_ptr<postgres::BoundedSession> session_;
};

/// Each has a connection of its own, named after that of the node.
OpenLog postgres_logs(const std::string& conninfo, bool replicated);

}  // namespace starling::search
