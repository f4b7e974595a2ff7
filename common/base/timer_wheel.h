// A hashed timer wheel (Varghese, Lauck 1987) for many coarse timeouts that mostly never fire: one intrusive node an
// owner, no allocation, O(1) to arm, move and disarm. Owners are named by an index; the wheel finds a node through the
// accessor it is given, so nodes may live in any container that keeps indices stable.
//
// Times are ticks of the caller's choosing. A deadline further away than the wheel is long stays in its slot for
// another round.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/assert.h"

namespace starling {

struct TimerNode {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::uint32_t next = kNone;
  std::uint32_t prev = kNone;
  std::uint32_t tick = kNone;  // due at this tick; kNone: not armed

  bool armed() const { return tick != kNone; }
};

/// `NodeOf` is called as TimerNode& node_of(std::uint32_t index).
template <class NodeOf>
class TimerWheel {
 public:
  /// `slots` is a power of two; `now` is the present tick.
  TimerWheel(std::uint32_t slots, std::uint32_t now, NodeOf node_of)
      : heads_(slots, TimerNode::kNone), mask_(slots - 1), now_(now), node_of_(std::move(node_of)) {
    STARLING_ASSERT(slots != 0 && (slots & mask_) == 0);
  }

  std::uint32_t now() const { return now_; }
  std::uint32_t armed() const { return armed_; }

  /// Arms or moves. A tick that is not in the future is due at the next one.
  void arm(std::uint32_t index, std::uint32_t tick) {
    TimerNode& node = node_of_(index);
    if (tick <= now_) tick = now_ + 1;
    if (node.tick == tick) return;
    disarm(index);
    node.tick = tick;
    std::uint32_t& head = heads_[tick & mask_];
    node.next = head;
    if (head != TimerNode::kNone) node_of_(head).prev = index;
    head = index;
    ++armed_;
  }

  void disarm(std::uint32_t index) {
    TimerNode& node = node_of_(index);
    if (!node.armed()) return;
    if (node.prev == TimerNode::kNone) {
      heads_[node.tick & mask_] = node.next;
    } else {
      node_of_(node.prev).next = node.next;
    }
    if (node.next != TimerNode::kNone) node_of_(node.next).prev = node.prev;
    node = TimerNode{};
    --armed_;
  }

  /// Moves to `tick` and calls due(index) for every node that fell due, already disarmed: due() may arm it again, or
  /// arm and disarm any other.
  template <class Due>
  void advance(std::uint32_t tick, Due&& due) {
    while (now_ < tick) {
      ++now_;
      if (armed_ == 0) {
        now_ = tick;
        return;
      }
      collect_due();
      // due() may disarm or move a node that is still waiting here: only what is still marked is handed over.
      while (!due_.empty()) {
        const std::uint32_t index = due_.back();
        due_.pop_back();
        TimerNode& node = node_of_(index);
        if (node.tick != now_) continue;
        disarm(index);
        due(index);
      }
    }
  }

  /// The next tick at which some slot has a node, within one round; kNone when nothing is armed.
  std::uint32_t next_tick() const {
    if (armed_ == 0) return TimerNode::kNone;
    for (std::uint32_t ahead = 1; ahead <= mask_ + 1; ++ahead) {
      if (heads_[(now_ + ahead) & mask_] != TimerNode::kNone) return now_ + ahead;
    }
    return TimerNode::kNone;
  }

 private:
  void collect_due() {
    for (std::uint32_t i = heads_[now_ & mask_]; i != TimerNode::kNone; i = node_of_(i).next) {
      if (node_of_(i).tick == now_) due_.push_back(i);
    }
  }

  std::vector<std::uint32_t> heads_;
  std::vector<std::uint32_t> due_;  // scratch
  std::uint32_t mask_;
  std::uint32_t now_;
  std::uint32_t armed_ = 0;
  NodeOf node_of_;
};

}  // namespace starling
