// Requests that await an answer: history pages, rooms to create or join, items to put, read marks. Takes no memory when there are none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/time.h"
#include "common/client/output.h"
#include "common/wire/frames.h"

namespace starling::client {

class Requests {
 public:
  bool full() const;
  bool awaits_page() const;

  /// Returns the request's id.
  std::uint32_t add_page(RoomId room, Instant deadline);
  /// False when nobody waits for it.
  bool take_page(std::uint32_t request_id);

  /// A frame with this request id, sent again on each connection until it is answered.
  void add(std::uint64_t request_id, wire::ClientFrame frame);
  /// The answer is final: forget it. False when nobody waits for it.
  bool take(std::uint64_t request_id);
  /// Busy: asked again at `when`.
  void put_off(std::uint64_t request_id, Instant when);

  /// Keeps the highest mark of the room until it is confirmed.
  void add_mark(const wire::ReadMark& mark);
  void confirm_mark(RoomId room, Seq seq);

  /// Appends what is to be sent (again) now. Pre: connected.
  void next_frames(Instant now, std::vector<wire::ClientFrame>& frames);
  /// Pages cannot be answered any more; the rest is sent again on the next connection.
  void connection_lost(std::vector<Notice>& notices);
  void on_time(Instant now, std::vector<Notice>& notices);
  Instant deadline() const;

 private:
  struct Page {
    std::uint32_t request_id = 0;
    RoomId room;
    Instant deadline;
  };
  struct Asked {
    std::uint64_t request_id = 0;
    wire::ClientFrame frame;
    Instant send_at{};  // when it goes, or goes again
  };
  struct Mark {
    wire::ReadMark frame;
    Instant send_at{};
    bool sent = false;
  };
  struct Pending {
    std::vector<Page> pages;
    std::vector<Asked> asked;
    std::vector<Mark> marks;
  };

  Pending& pending();
  void drop_if_empty();

  std::unique_ptr<Pending> pending_;
  std::uint32_t last_request_id_ = 0;
};

}  // namespace starling::client
