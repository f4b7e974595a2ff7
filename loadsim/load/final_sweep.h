// The end of a run: what the devices of one worker saw is compared with the log, room by room.
#pragma once

#include <string>
#include <vector>

#include "loadsim/check/ledger.h"
#include "loadsim/check/violation.h"
#include "loadsim/load/channel.h"
#include "loadsim/load/virtual_user.h"

namespace starling::load {

class FinalSweep {
 public:
  explicit FinalSweep(std::vector<const VirtualUser*> users);

  /// The rooms that any of them watched, each once.
  std::vector<RoomId> rooms() const;
  /// `log_too`: the log is checked by itself. `at_rest`: everybody should have everything.
  Swept run(check::Ledger& ledger, bool log_too, bool at_rest, check::Violations& violations);

 private:
  struct Watched {
    RoomId room;
    const VirtualUser* user = nullptr;
    bool swept = false;
  };

  void settle_unknown(const check::LedgerRoom& room, const VirtualUser& user, Swept& swept) const;
  void report_missing(check::Violations& violations) const;

  std::vector<Watched> watched_;  // by room
};

}  // namespace starling::load
