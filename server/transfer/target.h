// A database as an import writes it, whichever it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/ids.h"
#include "common/wire/event.h"
#include "server/transfer/fields.h"

namespace starling::transfer {

struct StoredRoom {
  Epoch epoch;
  Seq min_seq;
  Seq head;
};

/// While it lives no server runs on the database. Owner: one thread. What it throws leaves the undoing to the caller.
class Target {
 public:
  virtual ~Target() = default;

  virtual bool has_rooms() = 0;

  /// A transaction, unless one is under way.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() = 0;
  /// All of it has come.
  virtual void complete() {}
  virtual bool in_transaction() const = 0;
  /// Within it, a room that may be undone alone. `undo_room` does nothing where there is none.
  virtual void begin_room() = 0;
  virtual void keep_room() = 0;
  virtual void undo_room() = 0;

  /// They only grow; of the rooms' one more than it was.
  virtual void put_versions(UserId user, std::uint64_t rooms, std::uint64_t items) = 0;
  /// A user is found by the words of the account.
  virtual void index(UserId user) = 0;
  /// Of what the line holds; a column that it lacks gets its default, or an empty value. False: there is such a row, and
  /// `or_leave` was asked for.
  virtual bool put_row(std::string_view table, std::uint64_t id, Fields& fields, bool or_leave) = 0;
  virtual void put_event(const wire::Event& event) = 0;
  virtual void put_checkpoint(RoomId room, Seq seq, PrefixHash hash) = 0;

  virtual std::optional<StoredRoom> stored(RoomId room) = 0;
  /// The fold of a stored log, from what is below `min_seq` on.
  virtual PrefixHash fold(RoomId room, Seq min_seq) = 0;
};

}  // namespace starling::transfer
