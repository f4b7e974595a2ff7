// A user does one thing: an action of its persona becomes a command to its engine.
#pragma once

#include <cstdint>

#include "loadsim/people/person.h"
#include "loadsim/users/action.h"

namespace starling::people {

enum class Done : std::uint8_t {
  Yes,
  Nothing,  // there was nothing to do it with
  Full,     // the engine could not take another send
  Leave,    // its world is to close the connection, and it comes back
};

struct Moment {
  Instant intended;  // latencies count from there, whatever the time is now
  Instant now;
};
Done act(Person& person, client::Session& session, users::Action action, Moment moment, client::Output& out);

}  // namespace starling::people
