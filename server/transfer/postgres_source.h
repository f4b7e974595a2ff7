// PostgreSQL as an export reads it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/store/postgres/part.h"
#include "server/store/postgres/session.h"
#include "server/transfer/postgres_table.h"
#include "server/transfer/source.h"

namespace starling::transfer {

/// One snapshot of each primary, beside running nodes. Each table is read once, along with the rooms and the users that are asked
/// for.
class PostgresSource final : public Source {
 public:
  /// `rooms` ascending; empty: all.
  PostgresSource(const postgres::Databases& databases, const std::vector<RoomId>& rooms);

  std::vector<RoomId> rooms() override;
  void each_user(const std::function<void(UserId)>& take) override;
  void each_row(std::string_view table, std::uint64_t id, const std::function<void(const WriteRow&)>& take) override;
  RoomLog log(RoomId room) override;
  void each_event(RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take) override;

 private:
  /// A database, and those of its tables that are read.
  struct Place {
    explicit Place(const postgres::Database& database);
    postgres::Session session;
    std::vector<PostgresTable> tables;
  };

  /// Where logs are.
  std::vector<Place*> with_logs();
  Place& of(RoomId room) { return *(parts_.empty() ? people_ : parts_[postgres::part_of(room, parts_.size())]); }
  void open_users(const postgres::Params& ids);
  /// From a checkpoint on; 0: from the beginning.
  PrefixHash fold_to(RoomId room, Seq checkpoint, Seq head);

  bool of_all_;
  postgres::Params rooms_;  // an array, NULL for all
  std::unique_ptr<Place> people_;
  std::vector<std::unique_ptr<Place>> parts_;  // none: all is in the people's
};

}  // namespace starling::transfer
