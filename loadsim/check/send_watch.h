// What one device sent to one room and was answered, in 24 bytes. Answers come in the order of the cseq, because a log
// accepts only the unbroken run of a device; repeats carry what was answered before.
#pragma once

#include <cstdint>

#include "common/base/ids.h"
#include "common/base/rng.h"

namespace starling::check {

constexpr std::uint64_t mix_ack(Cseq cseq, Seq seq) { return mix64(mix64(cseq.value) ^ seq.value); }

class SendWatch {
 public:
  enum class Answer : std::uint8_t { Next, Repeat, Skipped };

  /// A final answer; `seq` is zero when the log refused it.
  Answer answered(Cseq cseq, Seq seq) {
    if (cseq.value <= answered_) return Answer::Repeat;
    const Answer answer = cseq.value == answered_ + 1 ? Answer::Next : Answer::Skipped;
    answered_ = cseq.value;
    if (seq) {
      sum_ += mix_ack(cseq, seq);
    } else {
      ++refused_;
    }
    return answer;
  }
  /// The log's counter went elsewhere: what is sent from now on begins at `next`. Answers before it are not compared.
  void restart(Cseq next) {
    first_ = next.value;
    answered_ = next.value - 1;
    sum_ = 0;
    refused_ = 0;
  }

  Cseq first() const { return Cseq(first_); }
  Cseq answered_to() const { return Cseq(answered_); }
  std::uint64_t sum() const { return sum_; }
  std::uint32_t refused() const { return refused_; }

 private:
  std::uint32_t first_ = 1;
  std::uint32_t answered_ = 0;
  std::uint32_t refused_ = 0;
  std::uint64_t sum_ = 0;
};
static_assert(sizeof(SendWatch) == 24);

}  // namespace starling::check
