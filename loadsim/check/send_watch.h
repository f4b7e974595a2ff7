// What one device sent to one room and was answered, in 24 bytes. The log takes a device's messages in the order of the
// cseq; their answers may overtake each other when one is lost on its way and asked for again, but never by more than may be
// in flight. Repeats carry what was answered before.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "common/base/ids.h"
#include "common/base/rng.h"
#include "common/wire/limits.h"

namespace starling::check {

constexpr std::uint64_t mix_ack(Cseq cseq, Seq seq) { return mix64(mix64(cseq.value) ^ seq.value); }

class SendWatch {
 public:
  enum class Answer : std::uint8_t { Next, Repeat, Skipped };

  /// A final answer; `seq` is zero when the log refused it. Skipped: it was not in flight, given what was answered.
  Answer answered(Cseq cseq, Seq seq) {
    if (is_answered(cseq)) return Answer::Repeat;
    const std::uint32_t ahead = cseq.value - answered_ - 1;
    if (ahead >= kWindow) return Answer::Skipped;
    ahead_ = static_cast<std::uint16_t>(ahead_ | 1u << ahead);
    if (seq) {
      sum_ += mix_ack(cseq, seq);
    } else {
      ++refused_;
    }
    for (; (ahead_ & 1) != 0; ++answered_) ahead_ = static_cast<std::uint16_t>(ahead_ >> 1);
    return Answer::Next;
  }
  /// The log's counter went elsewhere: what is sent from now on begins at `next`. Answers before it are not compared.
  void restart(Cseq next) {
    first_ = next.value;
    answered_ = next.value - 1;
    ahead_ = 0;
    unsure_ = false;
    sum_ = 0;
    refused_ = 0;
  }

  /// An answer was given that does not say what became of the message: sums are not compared any more.
  void cannot_tell() { unsure_ = true; }
  bool comparable() const { return !unsure_; }

  Cseq first() const { return Cseq(first_); }
  /// All from first() to here are answered; behind it some may be.
  Cseq answered_to() const { return Cseq(answered_); }
  bool is_answered(Cseq cseq) const {
    if (cseq.value <= answered_) return true;
    const std::uint32_t ahead = cseq.value - answered_ - 1;
    return ahead < kWindow && (ahead_ >> ahead & 1) != 0;
  }
  Cseq answered_at_most() const { return Cseq(answered_ + kWindow); }
  /// Those to `from` and to what is behind it.
  std::uint32_t answers_from(Cseq from) const {
    const std::uint32_t begin = std::max(from.value, first_);
    if (begin <= answered_) return answered_ + 1 - begin + static_cast<std::uint32_t>(std::popcount(ahead_));
    const std::uint32_t passed = begin - answered_ - 1;
    return passed < kWindow ? static_cast<std::uint32_t>(std::popcount(std::uint32_t{ahead_} >> passed)) : 0;
  }
  /// From first() on.
  std::uint32_t answers() const { return answered_ + 1 - first_ + static_cast<std::uint32_t>(std::popcount(ahead_)); }
  std::uint64_t sum() const { return sum_; }
  std::uint32_t refused() const { return refused_; }

 private:
  static constexpr std::uint32_t kWindow = wire::limits::kInFlightPerRoomMax;
  static_assert(kWindow <= 16);

  std::uint32_t first_ = 1;
  std::uint32_t answered_ = 0;
  std::uint32_t refused_ = 0;
  std::uint16_t ahead_ = 0;  // bit i: answered_ + 1 + i is answered
  bool unsure_ = false;
  std::uint64_t sum_ = 0;
};
static_assert(sizeof(SendWatch) == 24);

}  // namespace starling::check
