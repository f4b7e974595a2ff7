// What other threads hand to a shard: envelopes of its peers, completions of the store, answers of the API, what it
// has done past the shards, and requests of the main thread. Writers never wait. Consumed by the shard's thread only, which is woken through an eventfd.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "common/base/ids.h"
#include "server/core/shard.h"
#include "server/ports/api.h"
#include "server/ports/envelope.h"
#include "server/ports/store.h"
#include "server/runtime/spsc_ring.h"

namespace starling::runtime {

class Mailbox {
 public:
  /// `writers` threads may post, each through a ring of its own.
  Mailbox(std::size_t writers, std::size_t ring_capacity);
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// From the thread that has this number among the writers. False when the ring is full: the envelope is lost, which
  /// links repair. The receiver looks after wake().
  bool post(std::size_t writer, ports::Envelope&& envelope);
  /// From any thread; never dropped.
  void complete(ports::StoreCompletion&& completion);
  void answer(ports::ApiResponse&& response);
  void tell(core::Input&& input);
  void request_drain() { request(kDrain); }
  void request_hang_up() { request(kHangUp); }
  void request_stop() { request(kStop); }
  void wake();

  /// The receiver: waits on this descriptor, and then takes everything.
  int descriptor() const { return event_; }
  /// Calls take(Envelope&&) for each, up to `max`; true when some may be left.
  template <class Take>
  bool take_envelopes(std::size_t max, Take&& take) {
    // Begins where the last time ended: a shard that fills its ring each turn must not starve those behind it.
    for (std::size_t i = 0; i < rings_.size() && max > 0; ++i) {
      SpscRing<ports::Envelope>& ring = *rings_[next_ring_];
      next_ring_ = (next_ring_ + 1) % rings_.size();
      while (max > 0 && ring.pop(take)) --max;
    }
    return max == 0;
  }
  /// Swaps the completions out; `out` must be empty.
  void take_completions(std::vector<ports::StoreCompletion>& out);
  void take_answers(std::vector<ports::ApiResponse>& out);
  void take_told(std::vector<core::Input>& out);
  bool drain_requested() const { return (requests_.load(std::memory_order_acquire) & kDrain) != 0; }
  /// True once for each request.
  bool take_hang_up() { return (requests_.fetch_and(~kHangUp, std::memory_order_acq_rel) & kHangUp) != 0; }
  bool stop_requested() const { return (requests_.load(std::memory_order_acquire) & kStop) != 0; }
  /// Before taking: a wake() from here on makes the descriptor readable again.
  void acknowledge();

 private:
  static constexpr unsigned kDrain = 1;
  static constexpr unsigned kStop = 2;
  static constexpr unsigned kHangUp = 4;
  void request(unsigned what);

  std::vector<std::unique_ptr<SpscRing<ports::Envelope>>> rings_;  // by writer
  std::size_t next_ring_ = 0;
  std::mutex completions_mutex_;
  std::vector<ports::StoreCompletion> completions_;
  std::mutex notes_mutex_;
  std::vector<ports::ApiResponse> answers_;
  std::vector<core::Input> told_;
  std::atomic<unsigned> requests_{0};
  std::atomic<bool> awake_{false};  // the descriptor is readable, or is about to be
  int event_;
};

}  // namespace starling::runtime
