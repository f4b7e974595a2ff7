// A frame on its way to many devices: decoded and examined once for all of them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "common/wire/codec.h"
#include "loadsim/crowd/context.h"
#include "loadsim/crowd/plan.h"
#include "server/ports/shared_frame.h"

namespace starling::crowd {

struct Parcel {
  wire::ServerFrame frame;
  std::uint32_t bytes = 0;

  // Of an event:
  const wire::Event* event = nullptr;
  std::uint32_t room = 0;
  std::uint32_t pass = 0;
  std::uint64_t digest = 0;

  /// The event folded onto a device's hash. Devices that saw the same log ask the same thing.
  PrefixHash folded(PrefixHash before) const {
    if (before != before_ || !after_) {
      before_ = before;
      after_ = wire::fold(before, *event);
    }
    return after_;
  }

 private:
  mutable PrefixHash before_;
  mutable PrefixHash after_;
};

/// Unpacks what shards send. Of equal bytes, which each of a node's shards makes for itself, lately made ones are found.
class Unpacking {
 public:
  Unpacking(Context& context, const Plan& plan) : context_(&context), plan_(&plan) {}

  std::shared_ptr<const Parcel> unpack(const ports::SharedFrame& frame);
  /// G8 and G19 of an event that somebody is shown, in a parcel or in a page of history. Returns its digest.
  std::uint64_t examine(const wire::Event& event);

 private:
  struct Known {
    std::string bytes;
    std::shared_ptr<const Parcel> parcel;
  };

  std::shared_ptr<Parcel> decode(const ports::SharedFrame& frame);
  void violated(check::Guarantee guarantee, const wire::Event& event, std::string text);

  Context* context_;
  const Plan* plan_;
  wire::Decoder decoder_;
  std::array<Known, 128> known_;
};

}  // namespace starling::crowd
