// The connections of a shard, by dense index. Slots live in chunks that never move, so growth copies nothing and
// a reference is good for as long as the connection is.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/assert.h"
#include "server/runtime/connection.h"

namespace starling::runtime {

class ConnectionTable {
 public:
  Connection& open(int fd) {
    if (free_ == kNone) grow();
    Connection& c = at(free_);
    free_ = c.timer.next;
    c.timer = TimerNode{};
    c.fd = fd;
    ++size_;
    return c;
  }

  /// The index may be used again from now on, under another generation. The timer is disarmed.
  void release(Connection& c) {
    STARLING_ASSERT(c.fd >= 0 && !c.timer.armed());
    const ConnId id = c.id;
    c = Connection{};
    c.id = {id.index, id.generation + 1};
    c.timer.next = free_;
    free_ = id.index;
    --size_;
  }

  /// Null when the handle is stale.
  Connection* find(ConnId id) {
    if (id.index >= chunks_.size() * kChunk) return nullptr;
    Connection& c = at(id.index);
    return c.id == id && c.fd >= 0 ? &c : nullptr;
  }
  Connection& at(std::uint32_t index) { return chunks_[index / kChunk][index % kChunk]; }

  std::uint32_t size() const { return size_; }

  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t i = 0; i < chunks_.size() * kChunk; ++i) {
      if (at(i).fd >= 0) visit(at(i));
    }
  }

 private:
  static constexpr std::uint32_t kChunk = 128;
  static constexpr std::uint32_t kNone = UINT32_MAX;

  void grow() {
    const auto first = static_cast<std::uint32_t>(chunks_.size()) * kChunk;
    chunks_.push_back(std::make_unique<Connection[]>(kChunk));
    // Lowest index first: the table stays dense.
    for (std::uint32_t i = kChunk; i-- > 0;) {
      Connection& c = at(first + i);
      c.id = {first + i, 1};
      c.timer.next = free_;
      free_ = first + i;
    }
  }

  std::vector<std::unique_ptr<Connection[]>> chunks_;
  std::uint32_t free_ = kNone;  // linked through the idle timer nodes
  std::uint32_t size_ = 0;
};

}  // namespace starling::runtime
