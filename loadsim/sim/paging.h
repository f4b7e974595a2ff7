// Reading history page by page, in one direction, and the proof that the pages join: the hash before one page is the fold
// of the page before it.
#pragma once

#include <cstdint>

#include "common/wire/frames.h"

namespace starling::sim {

class Paging {
 public:
  void begin(RoomId room, Seq from, bool backward) {
    *this = Paging();
    room_ = room;
    from_ = from;
    backward_ = backward;
    pages_left_ = 4;
  }
  bool active() const { return pages_left_ > 0; }
  RoomId room() const { return room_; }
  Seq from() const { return from_; }
  bool backward() const { return backward_; }
  void asked(std::uint32_t request_id) { request_id_ = request_id; }
  void stop() { pages_left_ = 0; }

  /// False when the page does not join the one before it.
  bool took(const wire::HistoryPage& page) {
    if (!active() || page.request_id != request_id_) return true;
    --pages_left_;
    const bool first = page.epoch != epoch_;
    epoch_ = page.epoch;
    if (page.status != wire::SyncStatus::Live || page.events.empty()) {
      stop();
      return true;
    }
    PrefixHash end = page.hash_before;
    for (const wire::Event& event : page.events) end = wire::fold(end, event);
    const Seq low = page.events.front().seq;
    const Seq high = page.events.back().seq;
    const bool adjacent = backward_ ? high.next() == edge_ : low == edge_.next();
    const bool joins = first || !adjacent || join_ == (backward_ ? end : page.hash_before);
    join_ = backward_ ? page.hash_before : end;
    edge_ = from_ = backward_ ? low : high;
    if (backward_ ? low <= page.min_seq : high >= page.head) stop();
    return joins;
  }

 private:
  RoomId room_;
  Seq from_;
  Seq edge_;         // the last page's end on the side that is read on
  PrefixHash join_;  // the fold there
  Epoch epoch_;
  std::uint32_t request_id_ = 0;
  std::uint8_t pages_left_ = 0;
  bool backward_ = true;
};

}  // namespace starling::sim
