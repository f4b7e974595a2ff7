// The log as the search reads it: the indexer to follow it, and who searches to be told what may be read now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/wire/event.h"

namespace starling::search {

/// The log cannot be read; what to do about it is in the text. Whoever caught it opens it anew, later.
struct LogFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct LogPlace {
  RoomId room;
  Seq seq;
};

struct LogRoom {
  RoomId room;
  Epoch epoch;
  Seq head;
  Seq min_seq;
};

/// A room that has events after a place.
struct LogRest {
  LogRoom room;
  WallTime next;  // of the first of them
};

struct LogEvent {
  Seq seq;
  wire::EventKind kind = wire::EventKind::Message;
  UserId sender;
  WallTime ts;
  Seq target;
  bool erased = false;
  std::string body;
};

/// A room that a user is in now.
struct LogSight {
  RoomId room;
  Seq visible_from;
};

/// As it is now, edits included.
struct LogMessage {
  UserId sender;
  WallTime ts;
  std::string text;
};

/// Rooms are ordered as their ids are kept in databases, as signed numbers: this one is before all others.
inline constexpr RoomId kLowestRoom{std::uint64_t{1} << 63};
inline constexpr RoomId kHighestRoom{kLowestRoom.value - 1};

/// A connection to it, which writes nothing into the log. Owner: one thread at a time. Everything throws LogFault; the object
/// is then of no more use.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  // What the indexer asks.

  /// Which history of the log this is: another one means that something was lost. 0: it has no number for it, and epochs
  /// alone tell.
  virtual std::uint64_t history() = 0;
  /// Rooms from this one on, in order, at most `limit`.
  virtual std::vector<LogRoom> rooms_from(RoomId first, std::size_t limit) = 0;
  /// Of rooms with events after these places, in any order; the others are left out.
  virtual std::vector<LogRest> rest_after(std::span<const LogPlace> places) = 0;
  /// For each place the events after it, ascending, at most `each`.
  virtual std::vector<std::vector<LogEvent>> events_after(std::span<const LogPlace> places, std::uint32_t each) = 0;

  // What who searches asks.

  /// Rooms that the user is in now; with `only`, that one at most.
  virtual std::vector<LogSight> sights_of(UserId user, std::optional<RoomId> only) = 0;
  /// For each place the message there, if there is one that this user may read now.
  virtual std::vector<std::optional<LogMessage>> messages(UserId user, std::span<const LogPlace> places) = 0;

  /// What was read before will not have been for nothing: it is where the configured durability wants it.
  virtual void prove() = 0;
};

using OpenLog = std::function<std::unique_ptr<Log>()>;

}  // namespace starling::search
