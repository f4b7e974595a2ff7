// Puts the faults of the schedule in, takes them out again, and heals what is left at the end.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "loadsim/sim/context.h"
#include "loadsim/sim/database.h"

namespace starling::sim {

class Device;
class World;

class Nemesis {
 public:
  explicit Nemesis(World& world) : world_(&world) {}

  /// Schedules all of it.
  void arm();
  void begin(std::uint32_t fault);
  void end(std::uint32_t fault);
  /// The database as it is now is what this fault will put back.
  void back_up(std::uint32_t fault);
  /// Somebody registers with a link while nobody says anything: only the room's home can tell the others.
  void register_in_silence();
  /// Everything works from now on; whatever has happened has happened.
  void heal();
  /// But not what the options except.
  void leave_unhealed();
  /// The node has done something: does it keep more than it may?
  void look_at_memory(std::uint32_t node);
  /// A file was copied back without raising anything: lists of rooms have no epoch that could tell.
  bool copied_back() const { return copied_back_; }
  bool put_back_something() const { return put_back_something_; }

 private:
  struct Kicked {
    RoomId room;
    UserId user;
    std::uint32_t by = 0;  // devices
    std::uint32_t device = 0;
    std::uint64_t refused_before = 0;
  };

  struct Newcomer {
    RoomId room;
    UserId user;
  };
  struct MemoryLimit {
    std::uint64_t bytes = 0;
    Instant until{};
  };

  std::uint64_t random(std::uint32_t fault, std::uint64_t n) const;
  template <class F>
  void each_device(std::uint32_t fault, F&& f);
  void on_server(const users::Fault& fault);
  void on_store(std::uint32_t index, const users::Fault& fault);
  void on_directory(const users::Fault& fault);
  void on_postgres(std::uint32_t index, const users::Fault& fault);
  void on_clients(std::uint32_t index, const users::Fault& fault);
  void end_later(std::uint32_t fault, Duration span);
  void kill(const users::Fault& fault);
  void kill_all();
  void start_all();
  bool any_up() const;
  void give_up(Device& device, std::uint64_t random);
  void clone(std::uint32_t index, std::uint32_t count);
  void kick(std::uint32_t index, std::uint32_t count);
  void readmit(std::uint32_t index);
  void register_by_link(std::uint32_t index, std::uint32_t count);
  void welcome(std::uint32_t index);
  void cut_logs(std::uint32_t permille);
  void put_back(std::uint32_t index, const users::Fault& fault);
  FaultTally& tally(users::FaultKind kind);

  World* world_;
  bool copied_back_ = false;
  bool put_back_something_ = false;
  std::map<std::uint32_t, Database> backups_;  // by fault
  std::map<std::uint32_t, std::vector<Kicked>> kicked_;
  std::map<std::uint32_t, std::vector<Newcomer>> newcomers_;
  std::uint32_t registered_ = 0;
  std::map<std::uint32_t, MemoryLimit> memory_limits_;  // by node
};

}  // namespace starling::sim
