// One simulated world: the server's processes, their store, the devices and the lines between them, on one wheel of time. The same
// core::Shard and client::Session objects as everywhere else; only time, network, storage and chance are made up.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "loadsim/check/event_names.h"
#include "loadsim/sim/bus.h"
#include "loadsim/sim/cast.h"
#include "loadsim/sim/context.h"
#include "loadsim/sim/database.h"
#include "loadsim/sim/device.h"
#include "loadsim/sim/directory_model.h"
#include "loadsim/sim/habit.h"
#include "loadsim/sim/log_witness.h"
#include "loadsim/sim/nemesis.h"
#include "loadsim/sim/network.h"
#include "loadsim/sim/node.h"
#include "loadsim/sim/presence_check.h"
#include "loadsim/sim/store_model.h"

namespace starling::sim {

class World {
 public:
  /// An empty one, with the server up and the schedule of faults armed.
  explicit World(Options options, Recording* recording = nullptr);
  ~World();

  /// The rooms, users and devices that the options ask for.
  void populate();
  Device& add_device(UserId user, DeviceId id);

  /// Stops early at the first broken promise: what follows it proves nothing.
  void run_until(Instant until);
  void run_for(Duration span) { run_until(context_.now() + span); }
  /// People act this much less often; 0: not at all.
  void slow_down(std::uint32_t factor) { slowness_ = factor; }
  /// Every device that runs subscribes to everything in all its rooms.
  void open_all_rooms();
  bool broken() const { return !context_.violations.empty(); }

  Context& context() { return context_; }
  const Context& context() const { return context_; }
  Database& database() { return database_; }
  const Database& database() const { return database_; }
  StoreModel& store() { return *store_; }
  Network& network() { return network_; }
  const Network& network() const { return network_; }
  Bus& bus() { return bus_; }
  DirectoryModel& directory() { return directory_; }
  Node& node(std::size_t index = 0) { return *nodes_[index]; }
  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  Nemesis& nemesis() { return nemesis_; }
  const Nemesis& nemesis() const { return nemesis_; }
  LogWitness& witness() { return witness_; }
  check::EventNames& names() { return names_; }
  /// Of a scenario; null without one.
  Cast* cast() { return cast_.get(); }
  std::vector<std::unique_ptr<Device>>& devices() { return devices_; }
  const std::vector<std::unique_ptr<Device>>& devices() const { return devices_; }

  /// The process comes up again after that time, unless it has by then.
  void restart_after(const Node& node, Duration span);

 private:
  void dispatch(const Scheduled& event);
  std::uint32_t node_of(const Scheduled& event) const;
  bool held_by_pause(const Scheduled& event);
  void on_server(const Scheduled& event);
  void on_device(const Scheduled& event);
  void dial(std::uint32_t device, std::uint64_t attempt);
  std::uint32_t choose_node(std::uint32_t device, std::uint64_t attempt) const;
  void populate_by_draw();
  void populate_by_scenario();
  void act(std::uint32_t device);
  void sample();
  void check_progress(const Scheduled& event);

  Context context_;
  Database database_;
  std::unique_ptr<StoreModel> store_;
  Network network_;
  Bus bus_;
  DirectoryModel directory_;
  std::vector<std::unique_ptr<Node>> nodes_;
  LogWitness witness_;
  check::EventNames names_;
  Nemesis nemesis_;
  Habit habit_;
  std::unique_ptr<Cast> cast_;
  PresenceCheck presence_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<std::uint64_t> acts_;        // by device
  std::vector<wire::ClientFrame> frames_;  // scratch
  std::uint32_t slowness_ = 1;
  Instant last_event_{};
  std::uint32_t at_this_instant_ = 0;
};

}  // namespace starling::sim
