// What the person at a device does, drawn from the mix: enough of everything that the protocol can carry.
#pragma once

#include <cstdint>

#include "loadsim/sim/device.h"

namespace starling::sim {

class Habit {
 public:
  explicit Habit(Context& context) : context_(&context) {}

  /// One thing, in a room of the device's.
  void act(Device& device);
  /// How long until the next one.
  Duration think(const Device& device, std::uint64_t n) const;

 private:
  std::uint64_t random() { return context_->next_draw(Stream::Action, device_, draws_); }
  Action choose();
  std::size_t body_bytes();
  UserId anybody();
  void act_in(Device& device, ShownRoom& room, Action action);
  void answer(Device& device, ShownRoom& room, Action action);
  void administer(Device& device, ShownRoom& room, Action action);

  Context* context_;
  std::uint32_t device_ = 0;
  std::uint64_t draws_ = 0;
};

}  // namespace starling::sim
