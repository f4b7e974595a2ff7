// The log in a SQLite database.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/sqlite/sqlite.h"
#include "server/search/log.h"

namespace starling::search {

class SqliteLog final : public Log {
 public:
  /// The database exists, and has the store's newest schema.
  explicit SqliteLog(const std::string& path);

  /// A restored one has raised epochs, and no number.
  std::uint64_t history() override { return 0; }
  std::vector<LogRoom> rooms_from(RoomId first, std::size_t limit) override;
  std::vector<LogRest> rest_after(std::span<const LogPlace> places) override;
  std::vector<std::vector<LogEvent>> events_after(std::span<const LogPlace> places, std::uint32_t each) override;
  std::vector<LogSight> sights_of(UserId user, std::optional<RoomId> only) override;
  std::vector<std::optional<LogMessage>> messages(UserId user, std::span<const LogPlace> places) override;
  /// A reader sees a commit after its fsync.
  void prove() override {}

 private:
  struct Statements {
    explicit Statements(const std::string& path);
    sqlite::Connection connection;
    sqlite::Statement rooms;
    sqlite::Statement rest;
    sqlite::Statement events;
    sqlite::Statement sights;
    sqlite::Statement message;
  };
  std::unique_ptr<Statements> sql_;
};

OpenLog sqlite_logs(const std::string& path);

}  // namespace starling::search
