#include "server/runtime/outbox.h"

#include <algorithm>

#include "common/base/assert.h"

namespace starling::runtime {

/// Empty chunks of this thread: at a light load each delivery takes one and gives it back a moment later.
struct Outbox::Pool {
  static constexpr std::uint32_t kMax = 1024;  // 64 KiB a shard; a larger burst goes through the heap

  ~Pool() {
    while (free != nullptr) delete std::exchange(free, free->next);
  }
  Chunk* take() {
    if (free == nullptr) return new Chunk;
    --size;
    return std::exchange(free, std::exchange(free->next, nullptr));
  }
  void give(Chunk* chunk) {
    if (size == kMax) {
      delete chunk;
      return;
    }
    *chunk = Chunk{};
    chunk->next = std::exchange(free, chunk);
    ++size;
  }

  Chunk* free = nullptr;
  std::uint32_t size = 0;
};

Outbox::Pool& Outbox::pool() {
  thread_local Pool pool;
  return pool;
}

void Outbox::push(ports::SharedFrame frame) {
  STARLING_ASSERT(frame);
  if (tail_ == nullptr) {
    tail_ = pool().take();
    tail_->next = tail_;
  } else if (tail_->end == Chunk::kFrames) {
    Chunk* chunk = pool().take();
    chunk->next = tail_->next;
    tail_->next = chunk;
    tail_ = chunk;
  }
  tail_->frames[tail_->end++] = std::move(frame);
}

std::size_t Outbox::gather(std::span<iovec> out) const {
  if (tail_ == nullptr) return 0;
  std::size_t count = 0;
  const Chunk* chunk = tail_->next;
  std::size_t skip = chunk->head_written;
  while (true) {
    for (unsigned i = chunk->begin; i < chunk->end && count < out.size(); ++i) {
      const std::span<const std::byte> bytes = chunk->frames[i].sealed().subspan(skip);
      skip = 0;
      out[count++] = {const_cast<std::byte*>(bytes.data()), bytes.size()};
    }
    if (chunk == tail_ || count == out.size()) return count;
    chunk = chunk->next;
  }
}

Outbox::Written Outbox::consume(std::size_t bytes) {
  Written written;
  while (bytes > 0) {
    STARLING_ASSERT(tail_ != nullptr);
    Chunk* head = tail_->next;
    const ports::SharedFrame& frame = head->frames[head->begin];
    const std::size_t left = frame.sealed().size() - head->head_written;
    if (bytes < left) {
      head->head_written += static_cast<std::uint32_t>(bytes);
      return written;
    }
    bytes -= left;
    ++written.frames;
    // Only frames of the core wear a header of ours; control frames were built whole.
    if (frame.is_sealed()) written.payload += static_cast<std::uint32_t>(frame.size());
    pop_head();
  }
  return written;
}

void Outbox::pop_head() {
  Chunk* head = tail_->next;
  head->frames[head->begin++] = ports::SharedFrame();
  head->head_written = 0;
  if (head->begin < head->end) return;
  if (head == tail_) {
    tail_ = nullptr;
  } else {
    tail_->next = head->next;
  }
  pool().give(head);
}

void Outbox::drop_unstarted() {
  if (tail_ == nullptr) return;
  Chunk* head = tail_->next;
  const std::uint32_t head_written = head->head_written;
  ports::SharedFrame started = head_written > 0 ? head->frames[head->begin] : ports::SharedFrame();
  clear();
  if (!started) return;
  push(std::move(started));
  tail_->head_written = head_written;
}

void Outbox::clear() {
  if (tail_ == nullptr) return;
  Chunk* chunk = tail_->next;
  tail_->next = nullptr;
  while (chunk != nullptr) pool().give(std::exchange(chunk, chunk->next));
  tail_ = nullptr;
}

}  // namespace starling::runtime
