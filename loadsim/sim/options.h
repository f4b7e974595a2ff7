// Everything that a simulated run is made of. All of it is drawn from the seed (swarm.h) or written down by a scripted
// test; nothing else influences a run.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/client/settings.h"
#include "loadsim/users/faults/fault.h"
#include "loadsim/users/scenario.h"
#include "server/core/config.h"
#include "server/ports/directory.h"

namespace starling::sim {

using namespace std::chrono_literals;

/// Latencies are drawn per operation between the two.
struct Span {
  Duration least{};
  Duration most{};
};

/// What a person at a device does next, with a weight each.
enum class Action : std::uint8_t {
  Say,
  Reply,
  Burst,  // more at once than may be in flight
  Edit,
  Erase,
  React,
  Unreact,
  Type,
  MarkRead,
  ReadBack,
  ReadForward,
  CreateRoom,
  OpenDirect,
  AddMember,
  RemoveMember,
  Leave,
  Retitle,
  ChangeMode,
  Mention,
  Invite,
  Join,       // or decline
  Moderate,   // mute, ban, or undo it
  Configure,  // who may join, and what they may read
  Pin,
  PutItem,
  WatchPeople,
  GoAway,
  kCount
};
using Mix = std::array<std::uint16_t, static_cast<std::size_t>(Action::kCount)>;
inline constexpr Mix kUsualMix{420, 80, 25, 70, 25, 90, 20, 60, 80, 50, 20, 4,  3, 12,
                               8,   2,  4,  10, 12, 6,  10, 6,  4,  6,  12, 40, 12};

enum class StoreKind : std::uint8_t {
  Embedded,  // SQLite in the process
  Postgres,  // a server beside it, with standbys
};

struct Options {
  std::uint64_t seed = 1;
  StoreKind store = StoreKind::Embedded;

  // The population.
  std::uint16_t nodes = 1;
  std::uint16_t shards = 2;  // of each node
  std::uint32_t rooms = 8;
  std::uint32_t users = 24;
  std::uint32_t members_per_room = 12;
  std::uint32_t second_device_percent = 40;
  Duration think = 1s;                              // mean time between two actions of a device
  bool acting = true;                               // false: only a script, or a scenario, makes devices do something
  std::shared_ptr<const users::Scenario> scenario;  // whose people and rooms; none: drawn ones
  Duration load_at{};                               // a scenario: when its people begin to act
  Mix mix = kUsualMix;
  std::uint32_t body_bytes = 160;     // of most messages, at most
  std::uint32_t large_permille = 20;  // messages of up to large_bytes
  std::uint32_t large_bytes = 6000;
  DeviceId follow;          // whose chronicle goes to stderr
  bool keep_texts = false;  // devices remember what they showed, for scripts

  // The phases: load with faults until `heal_at`, then little load, then none and everything must come to rest.
  Duration heal_at = 60s;
  Duration calm = 8s;
  Duration rest_within = 30s;
  // What is not healed then, for good. The rest, the core, has to come to rest without it.
  std::uint32_t unhealed_percent = 0;        // of the devices: out of reach, or never reading, or gone
  std::uint32_t unhealed_loss_permille = 0;  // of what passes between shards
  std::uint32_t unhealed_nodes = 0;          // dead; fewer than there are

  // The seams.
  core::Config config;
  client::Settings client{.backoff_cap = 8s};
  std::uint32_t byte_links_percent =
      30;  // connections through the WebSocket codec, cut anywhere; the others pass frames
  std::uint32_t ring_capacity = 256;
  Span ring_latency{2us, 60us};
  std::uint32_t bus_capacity = 1000;  // the high-water mark, envelopes from a node to another
  Span bus_latency{100us, 2ms};
  ports::TailLimits tails;                // what the directory keeps of a room
  std::uint32_t cache_rooms = 10'000;     // and of how many
  std::uint32_t cache_loss_permille = 0;  // of what is written to it: a node's queue for it is bounded
  Span cache_latency{100us, 2ms};         // to it, and back
  Span replica_latency{1ms, 800ms};       // until its replica has what was written
  Duration slow_join{};                   // what is for a node that has just started, and from it, is lost for so long
  Span link_latency{1ms, 40ms};
  Span read_latency{100us, 2ms};
  Span fsync_latency{300us, 4ms};
  Span standby_latency{300us, 4ms};         // Postgres: until the synchronous standby has confirmed
  Span follower_latency{50ms, 1500ms};      // until the asynchronous one has got it
  std::uint32_t standby_reads_percent = 0;  // of the pages that a standby may answer
  Span disk_latency{200us, 20ms};           // the clients' storage
  std::uint32_t lazy_removal_percent = 25;
  std::uint32_t grants_sends_per_s = 20;
  std::uint32_t grants_burst = 60;

  std::vector<users::Fault> schedule;
};

}  // namespace starling::sim
