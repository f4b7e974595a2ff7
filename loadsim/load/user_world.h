// What the virtual users of one worker share. Owner: the worker.
#pragma once

#include <cstdint>

#include "common/client/session.h"
#include "loadsim/check/device_watch.h"
#include "loadsim/load/accounts.h"
#include "loadsim/people/company.h"
#include "loadsim/users/room_plan.h"
#include "loadsim/users/scenario.h"

namespace starling::load {

struct UserWorld : people::Company {
  const Accounts& tokens;   // of the same accounts
  std::uint32_t nodes = 1;  // of the server
  users::RoomPlan plan{scenario, seed};
  client::Settings settings{};
  client::HeapLender lender{};
  check::EventNames names{};
  check::Violations violations{};
};

}  // namespace starling::load
