// Runs of a room's log for sessions that catch up: read once for all that need the same ones, encoded once, and kept
// while there is room. A home's tail serves as well as the store.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/core/room_homes.h"
#include "server/core/store_calls.h"

namespace starling::core {

struct PageEntry {
  ports::SharedFrame frame;
  PrefixHash hash;  // the fold up to this event
};
/// Events from.next(), from.next().next(), …
struct Page {
  RoomId room;
  Seq from;
  PrefixHash hash_before;  // the fold up to `from`
  std::vector<PageEntry> entries;
  std::size_t bytes = 0;

  Seq last() const { return Seq(from.value + entries.size()); }
  bool holds(Seq seq) const { return seq > from && seq <= last(); }
  const PageEntry& at(Seq seq) const { return entries[seq.value - from.value - 1]; }
  /// The fold up to `seq`, if this page knows it.
  std::optional<PrefixHash> hash_at(Seq seq) const {
    if (seq == from) return hash_before;
    return holds(seq) ? std::optional(at(seq).hash) : std::nullopt;
  }
};

class Pages {
 public:
  Pages(Turn& turn, RoomHomes& homes, StoreCalls& store) : turn_(turn), homes_(homes), store_(store) {}

  /// The page that holds `seq`, if it is at hand. Valid until the next call.
  const Page* find(RoomId room, Seq seq);
  /// The fold up to `seq`, if some page at hand knows it.
  std::optional<PrefixHash> hash_at(RoomId room, Seq seq);
  /// Reads the page after `from`, of a log that reaches at least the floor; once for all who ask. True when it is at hand at
  /// once.
  bool read(RoomId room, Seq from, ports::Floor floor);

  /// Null when the read failed, or found nothing after `from`.
  const Page* arrived(const PageCall& call, const ports::PageRead* read);
  /// Texts were erased, or what the pages said is no longer so.
  void forget(RoomId room);
  /// At the end of each turn: pages live as long as those who are served from them, and then while there is room.
  void trim();

 private:
  struct Read {
    RoomId room;
    Seq from;
    bool spoiled = false;  // the log's texts changed meanwhile
  };
  bool reading(RoomId room, Seq from) const;
  const Page& keep(RoomId room, Seq from, PrefixHash before, std::span<const wire::Event> events);

  Turn& turn_;
  RoomHomes& homes_;
  StoreCalls& store_;
  std::vector<Page> pages_;  // the most recently used last
  std::vector<Read> reads_;
  std::size_t bytes_ = 0;
};

}  // namespace starling::core
