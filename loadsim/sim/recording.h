// What became of each message, device and process of a run, step by step: what a timeline is drawn from. Kept only when
// somebody asked for it, and without influence on the run.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "common/client/output.h"
#include "common/wire/frames.h"
#include "server/ports/envelope.h"
#include "server/ports/store.h"
#include "server/ports/view.h"

namespace starling::sim {

struct Step {
  enum class What : std::uint8_t {
    // of a message
    Sent,       // by its device
    Arrived,    // at the shard that has the connection
    Submitted,  // to the store, by the room's home
    Committed,  // or found there
    Refused,    // by the store: nothing of it took effect
    Answered,   // by the shard that has the connection
    Told,       // the device has the answer
    Published,  // by a shard, to the devices connected to it
    Lost,       // on its way to a shard
    Shown,      // by a device
    // of a device, `place`
    Reset,  // a room begins anew
    Started,
    Gone,  // crashed, or taken down
    Online,
    Offline,
    // of a shard, `place`
    ShardUp,
    ShardDown,
  };

  What what = What::Sent;
  Instant at{};
  std::uint32_t place = 0;  // a device's index or a shard; the store is one
  RoomId room;
  DeviceId sender;
  Cseq cseq;
  Seq seq;
  wire::SendStatus status = wire::SendStatus::Accepted;
  std::uint32_t from = 0;  // Shown: the shard that said so
};

/// Owner: one thread, the world's.
class Recording {
 public:
  struct Device {
    UserId user;
    DeviceId device;
    std::uint32_t shard = 0;  // that it heard of last
  };

  // Devices are named by their index.

  void add_device(UserId user, DeviceId device) { devices_.push_back({user, device}); }
  /// What it is about to do, under the id that it has now.
  void device_output(Instant at, std::uint32_t index, DeviceId device, const client::Output& out);
  void device(Instant at, std::uint32_t index, Step::What what) { add({.what = what, .at = at, .place = index}); }

  void arrived(Instant at, ShardId shard, std::uint32_t from, const wire::ClientFrame& frame);
  void submitted(Instant at, ShardId shard, const ports::StoreRequest& request);
  void stored(Instant at, const ports::StoreResult& result);
  void refused(Instant at, const ports::StoreRequest& request);
  void sent_down(Instant at, ShardId shard, std::uint32_t to, const wire::ServerFrame& frame);
  void lost(Instant at, ShardId to, const ports::Envelope& envelope);
  void shard(Instant at, ShardId shard, Step::What what) { add({.what = what, .at = at, .place = shard.value}); }

  /// The numbered views, each from the moment at which the store first told of it.
  const std::vector<std::pair<Instant, ports::View>>& views() const { return views_; }
  const std::vector<Device>& devices() const { return devices_; }
  /// In the order in which they happened.
  const std::vector<Step>& steps() const { return steps_; }

 private:
  void add(Step step) { steps_.push_back(step); }
  void add_rows(Step::What what, Instant at, ShardId shard, const ports::StoreRequest& request);

  std::vector<Device> devices_;  // by index
  std::vector<Step> steps_;
  std::vector<std::pair<Instant, ports::View>> views_;
};

}  // namespace starling::sim
