#include "loadsim/sim/cast.h"

namespace starling::sim {

Duration Cast::act(Device& device, std::uint64_t n) {
  const people::Person& person = *device.person();
  const users::Action action = step(person, n).action;
  report::Counters& counters = company_.counters;
  switch (device.act(action)) {
    case people::Done::Yes:
    case people::Done::Leave:
      ++counters.actions[static_cast<std::size_t>(action)];
      break;
    case people::Done::Nothing:
      ++counters.skipped;
      break;
    case people::Done::Full:
      ++counters.dropped;
      break;
  }
  return step(person, n + 1).wait;
}

}  // namespace starling::sim
