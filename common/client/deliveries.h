// Cumulative reports of what this device has persisted. A report is never ahead of the caller's storage.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/time.h"
#include "common/client/room_table.h"
#include "common/wire/frames.h"

namespace starling::client {

class Deliveries {
 public:
  /// An event of room `i` was applied, or had been before; `token` is of a Persist not before the one that stores it.
  void applied(RoomTable& rooms, std::uint32_t i, std::uint64_t token, Instant now);
  /// Time is up: whatever was applied is to be reported once `token` is durable.
  void flush(RoomTable& rooms, std::uint64_t token);
  /// Appends a Delivered of all that is durable by now.
  void report(std::uint64_t persisted, std::vector<wire::ClientFrame>& frames);
  /// The room's cursor was set elsewhere.
  void forget(RoomTable& rooms, std::uint32_t i);
  /// The next Sync tells the server by its cursors.
  void connection_lost(RoomTable& rooms);

  Instant deadline() const { return flush_at_; }

 private:
  struct Mark {
    RoomId room;
    Seq seq;
    std::uint64_t token = 0;
  };

  void mark(RoomTable& rooms, std::uint32_t i, std::uint64_t token);

  Instant flush_at_ = kNever;
  std::unique_ptr<std::vector<Mark>> marks_;
};

}  // namespace starling::client
