// The end of a run: the log is checked by itself, then against what every device saw. One room at a time, O(events).
#pragma once

#include <cstdint>
#include <vector>

#include "loadsim/check/device_watch.h"
#include "loadsim/check/ledger.h"
#include "loadsim/check/violation.h"

namespace starling::check {

/// One room of the ledger, ready for comparison.
class RoomProof {
 public:
  explicit RoomProof(LedgerRoom room);

  /// G2, G3, G4, G9, G10 of the log alone.
  void check_log(Violations& violations) const;
  /// G1, G2, G3, G10, G16 of what one device saw and was told. `at_rest`: nothing is under way any more, so G7 holds too.
  void check_device(const DeviceWatch& device, const WatchedRoom& seen, bool at_rest, Violations& violations) const;

  const LedgerRoom& room() const { return room_; }

 private:
  struct Sent {
    DeviceId device;
    Cseq cseq;
    Seq seq;
  };

  Seq first() const { return room_.events.empty() ? room_.head.next() : room_.events.front().seq; }
  void check_senders(Violations& violations) const;
  const LedgerDevice* counter_of(DeviceId device) const;
  bool may_repeat(DeviceId device) const;
  void check_members(Violations& violations) const;
  void check_visibility(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const;
  void check_chain(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const;
  void check_acks(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const;
  void check_state(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const;
  void report(Violations& violations, Guarantee guarantee, Seq seq, const DeviceWatch* device, std::string text) const;

  LedgerRoom room_;
  std::vector<std::uint64_t> chain_;  // [i]: sum of the digests of the first i events
  std::vector<Sent> sent_;            // by (device, cseq)
};

}  // namespace starling::check
