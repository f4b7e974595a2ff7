// What one device did and was told, a line each, for whoever looks into a seed: starling-loadsim sim --seed S --follow D.
#pragma once

#include "common/client/output.h"
#include "common/wire/frames.h"
#include "loadsim/sim/context.h"

namespace starling::sim {

class Chronicle {
 public:
  /// Silent unless the options name this device.
  Chronicle(const Context& context, DeviceId device) : context_(&context), on_(context.options.follow == device) {}

  void line(const char* text, std::uint64_t number = 0) const;
  void received(const wire::ServerFrame& frame) const;
  void output(const client::Output& out) const;

 private:
  const Context* context_;
  bool on_;
};

}  // namespace starling::sim
