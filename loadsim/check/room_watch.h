// What one device saw of one room, in 24 bytes: enough to prove that it saw the log, the whole log and nothing but the
// log. A million users with ten rooms each are watched in 240 MB.
#pragma once

#include <cstdint>

#include "common/base/ids.h"

namespace starling::check {

class RoomWatch {
 public:
  enum class Seen : std::uint8_t { Next, Gap, Again, EarlierEpoch };

  /// An event was shown, with its digest. Anything but Next breaks G2. The chain is a sum of digests over (start,
  /// cursor]: with contiguity asserted and the seq in each digest, a sum is as good as a fold and needs no common
  /// beginning.
  Seen applied(Seq event, Epoch epoch, std::uint64_t digest_of_event) {
    const std::uint64_t seq = event.value;
    if (epoch.value > epoch_) return Seen::EarlierEpoch;
    if (seq != std::uint64_t{cursor_} + 1) return seq > cursor_ ? Seen::Gap : Seen::Again;
    ++cursor_;
    chain_ += digest_of_event;
    raise_floor(cursor_);
    return Seen::Next;
  }

  /// The server said explicitly that the room begins anew behind `start`.
  void reset(Epoch epoch, Seq start) {
    if (epoch.value != epoch_) {
      floor_ = 0;
      asked_back_ = kBackMax;
    }
    epoch_ = epoch.value & kEpochMask;
    cursor_ = start_ = static_cast<std::uint32_t>(start.value);
    chain_ = 0;
  }

  /// What was known of the head was another history's.
  void drop_floor() {
    floor_ = cursor_;
    asked_back_ = kBackMax;
  }

  void raise_floor(std::uint64_t seq) {
    if (seq <= floor_) return;
    const std::uint64_t back = asked_back_ + (seq - floor_);
    asked_back_ = (back < kBackMax ? back : kBackMax) & kBackMax;
    floor_ = static_cast<std::uint32_t>(seq);
  }
  /// A Sync leaves now. While an earlier one is unanswered, its weaker demand stands.
  void asked() {
    if (asked_back_ == kBackMax) asked_back_ = 0;
  }
  /// It was answered, or never will be.
  void answered() { asked_back_ = kBackMax; }
  /// The least head that the answer may show: the floor when it was asked. 0: nothing was asked, or too long ago.
  std::uint64_t asked_floor() const { return asked_back_ == kBackMax ? 0 : floor_ - asked_back_; }

  /// The device restarted from what it had stored: it cannot ask for more than it remembers.
  void rewind_to(const RoomWatch& stored) {
    cursor_ = stored.cursor_;
    start_ = stored.start_;
    chain_ = stored.chain_;
    floor_ = stored.floor_;
    epoch_ = stored.epoch_;
    asked_back_ = kBackMax;
  }

  /// The device's storage holds this floor and no higher one.
  void cap_floor(Seq stored) {
    if (stored.value < floor_) floor_ = static_cast<std::uint32_t>(stored.value);
  }

  Seq cursor() const { return Seq(cursor_); }
  Seq start() const { return Seq(start_); }
  Seq floor() const { return Seq(floor_); }
  Epoch epoch() const { return Epoch(epoch_); }
  std::uint64_t chain() const { return chain_; }

 private:
  static constexpr std::uint32_t kBackMax = (1u << 20) - 1;
  static constexpr std::uint32_t kEpochMask = (1u << 12) - 1;

  std::uint32_t cursor_ = 0;
  std::uint32_t start_ = 0;
  std::uint32_t floor_ = 0;
  std::uint32_t epoch_ : 12 = 0;
  std::uint32_t asked_back_ : 20 = kBackMax;
  std::uint64_t chain_ = 0;
};
static_assert(sizeof(RoomWatch) == 24);

}  // namespace starling::check
