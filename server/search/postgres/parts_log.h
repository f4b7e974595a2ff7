// The log in several PostgreSQL databases, over which the rooms are spread (docs/decisions/0029), as one.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "server/search/log.h"

namespace starling::search {

class PartsLog final : public Log {
 public:
  /// By the parts' numbers.
  explicit PartsLog(std::vector<std::unique_ptr<Log>> parts) : parts_(std::move(parts)) {}

  /// Another one when that of any part is.
  std::uint64_t history() override;
  std::vector<LogRoom> rooms_from(RoomId first, std::size_t limit) override;
  std::vector<LogRest> rest_after(std::span<const LogPlace> places) override;
  std::vector<std::vector<LogEvent>> events_after(std::span<const LogPlace> places, std::uint32_t each) override;
  std::vector<LogSight> sights_of(UserId user, std::optional<RoomId> only) override;
  std::vector<std::optional<LogMessage>> messages(UserId user, std::span<const LogPlace> places) override;
  void prove() override;

 private:
  /// Of these places, those of each part that has any, and where the answers belong.
  template <class Ask>
  void each_part(std::span<const LogPlace> places, Ask ask);

  std::vector<std::unique_ptr<Log>> parts_;
};

/// A connection to each.
OpenLog parts_logs(std::vector<OpenLog> parts);

}  // namespace starling::search
