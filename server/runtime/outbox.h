// What a connection still has to write: references to shared frames, first in, first out. Empty, it is one null
// pointer; memory is taken, in chunks of a cache line from a pool of the thread, only while something is queued.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>

#include "server/ports/shared_frame.h"

namespace starling::runtime {

class Outbox {
 public:
  Outbox() = default;
  Outbox(Outbox&& other) noexcept : tail_(std::exchange(other.tail_, nullptr)) {}
  Outbox& operator=(Outbox other) noexcept {
    std::swap(tail_, other.tail_);
    return *this;
  }
  ~Outbox() { clear(); }

  bool empty() const { return tail_ == nullptr; }
  void push(ports::SharedFrame frame);

  /// Fills `out` with the unwritten bytes of the first frames; returns how many entries.
  std::size_t gather(std::span<iovec> out) const;

  struct Written {
    std::uint32_t frames = 0;   // that left entirely
    std::uint32_t payload = 0;  // bytes of core frames among them, without their headers
  };
  /// `bytes` of what gather() showed have been written.
  Written consume(std::size_t bytes);

  /// Drops all but a frame that is partly written: the peer could not make sense of what follows half a frame.
  void drop_unstarted();
  void clear();

 private:
  struct Chunk {
    static constexpr unsigned kFrames = 6;

    Chunk* next = nullptr;  // the tail's next is the head
    std::uint8_t begin = 0;
    std::uint8_t end = 0;
    std::uint32_t head_written = 0;  // of frames[begin], in the head chunk
    ports::SharedFrame frames[kFrames];
  };
  static_assert(sizeof(Chunk) == 64);
  struct Pool;

  static Pool& pool();
  void pop_head();

  Chunk* tail_ = nullptr;
};
static_assert(sizeof(Outbox) == 8);

}  // namespace starling::runtime
