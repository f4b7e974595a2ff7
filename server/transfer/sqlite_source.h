// SQLite as an export reads it.
#pragma once

#include <string>
#include <vector>

#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/sqlite.h"
#include "server/transfer/source.h"
#include "server/transfer/table.h"

namespace starling::transfer {

/// One snapshot, beside a running server, whose WAL is not cut meanwhile.
class SqliteSource final : public Source {
 public:
  /// `rooms` ascending; empty: all.
  SqliteSource(const std::string& path, std::vector<RoomId> rooms);

  std::vector<RoomId> rooms() override;
  void each_user(const std::function<void(UserId)>& take) override;
  void each_row(std::string_view table, std::uint64_t id, const std::function<void(const WriteRow&)>& take) override;
  RoomLog log(RoomId room) override;
  void each_event(RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take) override;

 private:
  std::vector<UserId> users_of_rooms();

  store::Connection connection_;
  store::Snapshot snapshot_;
  store::LogReader log_;
  store::Statement events_;
  std::vector<RoomId> rooms_;
  std::vector<Table> tables_;
};

}  // namespace starling::transfer
