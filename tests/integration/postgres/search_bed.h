// A log in PostgreSQL, for the tests of the search.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres/database.h"
#include "tests/unit/search/log_bed.h"

namespace starling::search {

class PostgresBed final : public LogBed {
 public:
  /// On the server that tests share.
  PostgresBed();
  /// In a database with the store's schema.
  explicit PostgresBed(const std::string& conninfo);

  /// Whose reader wants to be sure of a standby.
  OpenLog replicated_logs() const;
  OpenLog logs() const override;
  void make_room(RoomId room, const std::vector<UserId>& users, std::int64_t ms) override;
  Seq append(const Said& said) override;
  void erase_texts_of(RoomId room, Seq message) override;
  void remove(RoomId room, UserId user) override;
  void sql(const char* statement) override { run(statement); }
  std::string run(const std::string& statement) { return sql_->run(statement); }
  /// After the server was away.
  void connect() { sql_ = std::make_unique<support::Sql>(conninfo_); }

 private:
  std::optional<support::Database> database_;
  std::string conninfo_;
  std::unique_ptr<support::Sql> sql_;
};

}  // namespace starling::search
