// SQLite as an import writes it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/store/sqlite/account_rows.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/sqlite.h"
#include "server/transfer/table.h"
#include "server/transfer/target.h"

namespace starling::transfer {

/// The caller holds the data directory: no server runs.
class SqliteTarget final : public Target {
 public:
  /// Of the newest schema.
  explicit SqliteTarget(const std::string& path);

  bool has_rooms() override;
  void begin() override;
  void commit() override;
  void rollback() override { connection_.rollback(); }
  bool in_transaction() const override { return connection_.in_transaction(); }
  void begin_room() override { room_.emplace(savepoints_); }
  void keep_room() override;
  void undo_room() override { room_.reset(); }

  void put_versions(UserId user, std::uint64_t rooms, std::uint64_t items) override;
  void index(UserId user) override { people_.index(user); }
  bool put_row(std::string_view table, std::uint64_t id, Fields& fields, bool or_leave) override;
  void put_event(const wire::Event& event) override { events_.insert(event, event.body); }
  void put_checkpoint(RoomId room, Seq seq, PrefixHash hash) override { checkpoint_.run(room, seq, hash); }

  std::optional<StoredRoom> stored(RoomId room) override;
  PrefixHash fold(RoomId room, Seq min_seq) override;

 private:
  store::Connection connection_;
  store::SavepointStatements savepoints_;
  store::LogReader log_;
  store::EventRows events_;
  store::AccountRows people_;
  store::Statement versions_;
  store::Statement checkpoint_;
  store::Statement stored_events_;
  std::vector<Table> tables_;
  std::optional<store::Savepoint> room_;
};

}  // namespace starling::transfer
