// The numbered view as the store model holds it, with the nodes' leases. The time is the store's.
#pragma once

#include <algorithm>
#include <deque>
#include <vector>

#include "server/ports/store.h"

namespace starling::sim {

class ViewBook {
 public:
  ports::LeaseKept keep(const ports::KeepLease& request, Instant now);
  /// What was put back from a backup must give no number out twice.
  void raise_above(const ViewBook& before) { last_ = std::max(last_, before.last_); }

 private:
  struct Seat {
    ports::ViewNode node;
    Duration left{};  // of its lease
  };

  bool take_seat(const ports::KeepLease& request);

  ViewId last_;
  std::deque<ports::View> views_;  // the newest, in order
  std::vector<Seat> seats_;        // by shard
  Instant kept_at_{};              // by anybody
};

}  // namespace starling::sim
