// What the world knows of its people's presence, laid before the checker of G11 a few times a second.
#pragma once

#include "loadsim/check/presence_watch.h"
#include "loadsim/sim/context.h"

namespace starling::sim {

class World;
class Device;

class PresenceCheck {
 public:
  explicit PresenceCheck(Context& context);

  void look(const World& world);

 private:
  void look_at_people(const World& world);
  void look_at_views(const World& world, const Device& device, bool server_sound);

  Context* context_;
  check::PresenceWatch watch_;
  std::uint64_t boots_ = 0;
};

}  // namespace starling::sim
