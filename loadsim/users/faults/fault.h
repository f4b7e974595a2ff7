// Faults and their schedule, in the one grammar of the simulator and of scenario files: one entry a line, so that a
// schedule can be shrunk and committed.
//
//   @8s   kill n1                      # kill -9: what was written, synced or not, is kept by the operating system
//   @9s   power_loss n1                # the machine is gone; what was not synced is lost
//   @11s  restart n1
//   @12s  pause n1 9s                  # SIGSTOP: comes back with stale state
//   @14s  oom n1 40KB 9s               # killed when it keeps more waiting than that, for sockets and commits
//   @20s  cut 30% 6s                   # the links of that share of the clients
//   @22s  ring.drop 20% 2s             # between the shards of a node
//   @24s  bus.drop 30% 2s ; bus.dup 5% 8s ; bus.reorder 20ms 8s ; bus.cut n1>n2 6s   # between nodes; a cut is one-way
//   @30s  store.lost_reply 30% 4s ; store.unavailable 3s ; store.full 3s ; store.stop ; store.slow 400ms 5s
//   @35s  store.restore 5s             # to the state of 5 s ago, epochs raised
//   @36s  store.copy_back 5s           # the same without raising epochs: a copied-back file
//   @38s  pg.cancel_syncwait 30% 4s    # a standby gets nothing; of the commits that wait for it so many are cancelled
//   @39s  pg.failover sync ; pg.failover async ; pg.restart ; pg.deadlock 20% 2s
//   @40s  client.crash 10% ; client.slow 5% 2KB/s 20s ; client.clone 1 ; client.offline 20% 5s
//   @45s  redis.flush ; redis.down 8s ; redis.stale 2s ; redis.failover ; redis.slow 400ms 5s  # the nodes' common cache
//   @50s  clock.step n1 -3600s ; clock.drift n1 500ppm
//   @60s  member.kick_race 20 ; retention.cut 30% ; drain n1
//   @62s  account.join 3               # so many register with a link into a room: its log grows past its home
//   @70s  heal
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"

namespace starling::users {

enum class FaultKind : std::uint8_t {
  Kill,
  PowerLoss,
  Restart,
  Pause,
  Drain,
  Cut,
  RingDrop,
  StoreLostReply,
  StoreUnavailable,
  StoreFull,
  StoreStop,
  StoreSlow,
  StoreRestore,
  StoreCopyBack,
  ClientCrash,
  ClientSlow,
  ClientClone,
  ClientOffline,
  ClockStep,
  ClockDrift,
  MemberKickRace,
  RetentionCut,
  PgCancelSyncwait,
  PgFailoverSync,
  PgFailoverAsync,
  PgRestart,
  PgDeadlock,
  Heal,
  BusDrop,
  BusDup,
  BusReorder,
  BusCut,
  AccountJoin,
  Oom,
  RedisFlush,
  RedisDown,
  RedisStale,     // reads are answered by a replica that gets nothing
  RedisFailover,  // to the replica: what it has not got is lost
  RedisSlow,
  kCount
};
inline constexpr std::size_t kFaultKinds = static_cast<std::size_t>(FaultKind::kCount);
std::string_view name_of(FaultKind kind);
bool hits_clients(FaultKind kind);

/// Which fields count is the kind's business; the others stay zero.
struct Fault {
  Duration at{};
  FaultKind kind = FaultKind::Heal;
  std::uint32_t node = 0;      // n1 is 1
  std::uint32_t to = 0;        // BusCut: the other node
  std::uint32_t permille = 0;  // a share or a probability
  std::uint32_t count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_per_s = 0;
  std::int64_t ppm = 0;
  Duration span{};   // how long it lasts; ClockStep: by how much (may be negative)
  Duration delay{};  // StoreSlow, RedisSlow: added to each operation; BusReorder: at most, to some envelopes
  bool operator==(const Fault&) const = default;
};

/// With zero in the fields that the kind does not take.
Fault only_its_own(const Fault& fault);

/// "@8s kill n1"; parse_faults reads it back.
std::string to_string(const Fault& fault);

namespace limits {

/// Of a schedule, and of what one fault does at a time: beyond, a run would not end.
inline constexpr std::size_t kFaultsMax = 10'000;
inline constexpr std::uint32_t kFaultCountMax = 10'000;
/// When a fault begins, and how long it lasts. A clock may be stepped further.
inline constexpr Duration kFaultTimeMax = std::chrono::hours(24);
inline constexpr std::uint64_t kFaultBytesMax = 1'000'000'000;

}  // namespace limits

struct FaultError {
  std::size_t line = 0;  // from 1
  std::string text;
};
/// Lines of entries separated by ';', each line begun by "@TIME"; '#' begins a comment. Sorted by time.
Result<std::vector<Fault>, FaultError> parse_faults(std::string_view text);

/// "250ms", "3s", "2m", "-1h": nothing when it is no duration.
bool parse_duration(std::string_view word, Duration& duration);
std::string duration_to_string(Duration duration);

}  // namespace starling::users
