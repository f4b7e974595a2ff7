// A log in SQLite, written by the store's own rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/member_rows.h"
#include "tests/unit/search/log_bed.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::search {

class SqliteBed final : public LogBed {
 public:
  SqliteBed();

  std::string path() const { return database_.path(); }
  OpenLog logs() const override;
  void make_room(RoomId room, const std::vector<UserId>& users, std::int64_t ms) override;
  Seq append(const Said& said) override;
  void erase_texts_of(RoomId room, Seq message) override { events_->erase_texts_of(room, message); }
  void remove(RoomId room, UserId user) override;
  void sql(const char* statement) override { connection_->exec(statement); }

 private:
  store::TempDatabase database_;
  std::optional<store::Connection> connection_;
  std::optional<store::EventRows> events_;
  std::optional<store::MemberRows> members_;
};

}  // namespace starling::search
