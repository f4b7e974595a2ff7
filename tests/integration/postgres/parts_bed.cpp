// The suite of the search once more, over a log whose rooms are in two databases.
#include <array>

#include "server/search/postgres/parts_log.h"
#include "server/store/postgres/part.h"
#include "tests/integration/postgres/search_bed.h"

namespace starling::search {
namespace {

class PartsBed final : public LogBed {
 public:
  OpenLog logs() const override { return parts_logs({beds_[0].logs(), beds_[1].logs()}); }
  void make_room(RoomId room, const std::vector<UserId>& users, std::int64_t ms) override {
    of(room).make_room(room, users, ms);
  }
  Seq append(const Said& said) override { return of(said.room).append(said); }
  void erase_texts_of(RoomId room, Seq message) override { of(room).erase_texts_of(room, message); }
  void remove(RoomId room, UserId user) override { of(room).remove(room, user); }
  void sql(const char* statement) override {
    for (PostgresBed& bed : beds_) bed.sql(statement);
  }

 private:
  PostgresBed& of(RoomId room) { return beds_.at(postgres::part_of(room, beds_.size())); }

  std::array<PostgresBed, 2> beds_;
};

}  // namespace

std::unique_ptr<LogBed> make_log_bed() { return std::make_unique<PartsBed>(); }

}  // namespace starling::search
