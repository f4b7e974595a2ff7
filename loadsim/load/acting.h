// A user does one thing: an action of its persona becomes a command to its engine.
#pragma once

#include <cstdint>

#include "loadsim/load/virtual_user.h"
#include "loadsim/users/action.h"

namespace starling::load {

enum class Done : std::uint8_t {
  Yes,
  Nothing,  // there was nothing to do it with
  Full,     // the engine could not take another send
  Leave,    // the worker is to close the connection
};

/// `intended` is when it was meant to happen, whatever the time is now: latencies count from there.
Done act(VirtualUser& user, users::Action action, Instant intended, Instant now, client::Output& out);

}  // namespace starling::load
