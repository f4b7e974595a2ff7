// A log that a test writes, in a database of one of the kinds that the search reads. Which kind is the program's: the tests of
// finder, indexer and search are linked with either.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/wire/event.h"
#include "server/search/log.h"

namespace starling::search {

struct Said {
  wire::EventKind kind = wire::EventKind::Message;
  RoomId room;
  UserId user;
  Seq target;
  std::string_view body;
  std::int64_t ms = 0;  // when
};

class LogBed {
 public:
  LogBed() = default;
  LogBed(const LogBed&) = delete;
  LogBed& operator=(const LogBed&) = delete;
  virtual ~LogBed() = default;

  virtual OpenLog logs() const = 0;
  /// With an event a user.
  virtual void make_room(RoomId room, const std::vector<UserId>& users, std::int64_t ms) = 0;
  virtual Seq append(const Said& said) = 0;
  /// What a deletion takes: the texts of a message and its edits.
  virtual void erase_texts_of(RoomId room, Seq message) = 0;
  virtual void remove(RoomId room, UserId user) = 0;
  /// What both understand.
  virtual void sql(const char* statement) = 0;
};

std::unique_ptr<LogBed> make_log_bed();

}  // namespace starling::search
