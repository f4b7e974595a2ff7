// What one device did and was told: a line each for whoever looks into a seed (starling-loadsim sim --seed S --follow D),
// and steps for the recording.
#pragma once

#include "common/client/output.h"
#include "common/wire/frames.h"
#include "loadsim/sim/context.h"

namespace starling::sim {

class Chronicle {
 public:
  /// Prints nothing unless the options name this device. `device`: its id now, which may change.
  Chronicle(const Context& context, std::uint32_t index, UserId user, const DeviceId& device);

  void started() const;
  void crashed(std::uint64_t step) const;

  void line(const char* text, std::uint64_t number = 0) const;
  void received(const wire::ServerFrame& frame) const;
  void output(const client::Output& out) const;

 private:
  const Context* context_;
  std::uint32_t index_;
  const DeviceId* device_;
  bool on_;
};

}  // namespace starling::sim
