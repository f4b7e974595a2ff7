// The messages of this device that the log has not answered yet, as people may see them: only once they are durable.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "client-qt/cache/rows.h"

namespace starling::qt {

/// Owner: the session host.
class Waiting {
 public:
  void restore(OutboxRow row);
  /// Not to be shown before `token` is durable.
  void add(OutboxRow row, std::uint64_t token);
  /// What may be shown from now on, in order.
  std::vector<OutboxRow> durable(std::uint64_t token);
  std::optional<OutboxRow> take(RoomId room, ClientMsgId id);
  void renumber(RoomId room, ClientMsgId id, Cseq to);

  /// Those that may be shown, in the order in which they will reach the log.
  std::vector<OutboxRow> shown(RoomId room) const;
  std::vector<OutboxRow> orphans(RoomId room) const;
  bool has_orphans(RoomId room) const;
  std::vector<RoomId> rooms_with_orphans() const;
  std::size_t size() const;
  void clear() { rooms_.clear(); }

 private:
  struct Entry {
    OutboxRow row;
    std::uint64_t token = 0;  // 0: durable
  };
  std::map<RoomId, std::vector<Entry>> rooms_;
};

}  // namespace starling::qt
