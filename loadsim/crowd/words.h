// What the users of a crowd write: a function of who writes where, as the how manieth. So nobody has to keep it, and whoever
// is handed it can tell whether it is what was written.
#pragma once

#include <cstdint>
#include <string>

#include "common/wire/event.h"
#include "loadsim/crowd/plan.h"
#include "loadsim/users/scenario.h"

namespace starling::crowd {

/// One event's name in a room: the sender and the sender's own count.
struct Written {
  std::uint32_t room = 0;
  std::uint32_t user = 0;
  Cseq cseq;
  wire::EventKind kind = wire::EventKind::Message;
};

class Words {
 public:
  Words(const users::Scenario& scenario, const Plan& plan) : scenario_(&scenario), plan_(&plan) {}

  std::string body(const Written& what) const;
  ClientMsgId name(const Written& what) const;

 private:
  const users::Scenario* scenario_;
  const Plan* plan_;
};

}  // namespace starling::crowd
