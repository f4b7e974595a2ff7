#include "loadsim/sim/swarm.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "common/base/assert.h"
#include "common/base/rng.h"
#include "loadsim/sim/context.h"

namespace starling::sim {
namespace {

using users::Fault;
using users::FaultKind;

/// Draws from the swarm's own stream, one after the other within an entity, so that a new draw moves few others.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t entity) : seed_(seed), entity_(entity) {}

  std::uint64_t next() { return draw(seed_, static_cast<std::uint64_t>(Stream::Swarm), entity_, ++n_); }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + scale(next(), most - least + 1); }
  bool one_in(std::uint64_t n) { return scale(next(), n) == 0; }
  /// Small values as likely as large ones: each doubling has the same chance.
  std::uint64_t log_between(std::uint64_t least, std::uint64_t most) {
    std::uint64_t doublings = 0;
    while ((least << (doublings + 1)) <= most) ++doublings;
    const std::uint64_t base = least << scale(next(), doublings + 1);
    return std::min(most, base + scale(next(), base));
  }
  Duration time(Duration least, Duration most) {
    return std::chrono::milliseconds(
        between(static_cast<std::uint64_t>(least / 1ms), static_cast<std::uint64_t>(most / 1ms)));
  }

 private:
  std::uint64_t seed_;
  std::uint64_t entity_;
  std::uint64_t n_ = 0;
};

void draw_population(Dice dice, Options& o) {
  o.shards = static_cast<std::uint16_t>(dice.between(1, 4));
  o.rooms = static_cast<std::uint32_t>(dice.between(3, 12));
  o.users = static_cast<std::uint32_t>(dice.between(14, 40));
  o.members_per_room = static_cast<std::uint32_t>(dice.between(5, 14));
  o.second_device_percent = static_cast<std::uint32_t>(dice.between(0, 80));
  o.think = dice.time(300ms, 900ms);
  o.large_permille = dice.one_in(3) ? static_cast<std::uint32_t>(dice.between(20, 200)) : 10;
  o.large_bytes = static_cast<std::uint32_t>(dice.log_between(1000, 12000));
  for (std::uint16_t& weight : o.mix) {
    if (!dice.one_in(4)) continue;
    const std::uint64_t times = dice.log_between(1, 4);
    weight = static_cast<std::uint16_t>(weight * times / dice.log_between(1, 4));
  }
  // Few may do it, and of who joins then something must be hidden.
  if (dice.one_in(4)) o.mix[static_cast<std::size_t>(Action::Configure)] = 48;
}

void draw_seams(Dice dice, Options& o) {
  o.byte_links_percent = static_cast<std::uint32_t>(dice.between(0, 60));
  if (dice.one_in(3)) o.ring_capacity = static_cast<std::uint32_t>(dice.log_between(8, 128));
  if (dice.one_in(3)) o.ring_latency = {0us, dice.time(1ms, 20ms)};
  if (dice.one_in(3)) o.link_latency = {0ms, dice.time(2ms, 300ms)};
  if (dice.one_in(3)) o.read_latency.most = dice.time(5ms, 200ms);
  if (dice.one_in(3)) o.fsync_latency.most = dice.time(5ms, 50ms);
  if (dice.one_in(3)) o.disk_latency.most = dice.time(50ms, 400ms);
  o.lazy_removal_percent = static_cast<std::uint32_t>(dice.between(0, 60));
  o.grants_sends_per_s = static_cast<std::uint32_t>(dice.log_between(20, 160));
  o.grants_burst = static_cast<std::uint32_t>(dice.log_between(60, 240));
  o.client.backoff_base = dice.time(100ms, 1s);
  o.client.backoff_cap = dice.time(1s, 8s);
  if (dice.one_in(8)) o.client.first_mode = wire::SyncMode::Heads;
}

/// Limits so small that what is rare in production happens all the time.
void draw_limits(Dice dice, core::Config& c) {
  if (dice.one_in(3)) c.batch_events_max = static_cast<std::uint32_t>(dice.log_between(4, 64));
  if (dice.one_in(4)) c.batch_bytes_max = static_cast<std::uint32_t>(dice.log_between(2000, 32000));
  if (dice.one_in(3)) c.room_queue_bytes_max = static_cast<std::uint32_t>(dice.log_between(16'000, 128'000));
  if (dice.one_in(6)) c.shard_queue_bytes_max = dice.log_between(32'000, 256'000);
  if (dice.one_in(2)) {
    c.outbox_bytes_soft = static_cast<std::uint32_t>(dice.log_between(2000, 32000));
    c.outbox_bytes_hard = std::max<std::uint32_t>(96 * 1024, 4 * c.outbox_bytes_soft);
  }
  if (dice.one_in(2)) c.lagging_deadline = dice.time(2s, 10s);
  if (dice.one_in(3)) c.catchup_credit_events = static_cast<std::uint32_t>(dice.between(160, 256));
  if (dice.one_in(3)) c.page_cache_bytes = static_cast<std::uint32_t>(dice.log_between(1000, 64'000));
  if (dice.one_in(2)) c.reset_beyond_events = dice.log_between(20, 500);
  if (dice.one_in(3)) c.window_events = dice.log_between(5, 100);
  if (dice.one_in(3)) c.heads_interval_ms = static_cast<std::uint32_t>(dice.log_between(50, 1000));
  if (dice.one_in(2)) c.tail_bytes_per_room = static_cast<std::uint32_t>(dice.log_between(500, 16'000));
  if (dice.one_in(4)) c.tail_bytes_per_shard = static_cast<std::uint32_t>(dice.log_between(4000, 64'000));
  if (dice.one_in(3)) c.link_heartbeat = dice.time(50ms, 400ms);
  if (dice.one_in(3)) c.head_digest = dice.time(200ms, 1500ms);
  if (dice.one_in(3)) c.forward_retry = dice.time(200ms, 2s);
  if (dice.one_in(3)) c.read_mark_flush = dice.time(100ms, 5s);
  if (dice.one_in(3)) c.store_retry = dice.time(10ms, 500ms);
  if (dice.one_in(3)) c.busy_retry_ms = static_cast<std::uint32_t>(dice.log_between(50, 1000));
  if (dice.one_in(3)) c.typing_per_room_max = static_cast<std::uint32_t>(dice.log_between(2, 64));
  if (dice.one_in(2)) c.connections_per_user_max = 2;
  c.drain_per_s_percent = static_cast<std::uint32_t>(dice.log_between(5, 50));
  if (dice.one_in(3)) c.presence_lease = dice.time(2s, 20s);
  if (dice.one_in(4)) {
    c.room_sends_per_s = static_cast<std::uint32_t>(dice.log_between(150, 600));
    c.room_sends_burst = static_cast<std::uint32_t>(dice.log_between(16, 100));
    c.send_cost_bytes = static_cast<std::uint32_t>(dice.log_between(4000, 16'000));
  }
  if (dice.one_in(3)) {
    c.sessions_per_s = static_cast<std::uint32_t>(dice.log_between(8, 64));
    c.sessions_burst = static_cast<std::uint32_t>(dice.log_between(4, 32));
  }
}

Fault draw_fault(Dice& dice, FaultKind kind, Duration until) {
  Fault fault{.at = dice.time(4s, until), .kind = kind, .node = 1};
  fault.span = dice.time(200ms, 6s);
  switch (kind) {
    case FaultKind::Pause:
      fault.span = dice.time(50ms, 9s);
      break;
    case FaultKind::Cut:
    case FaultKind::ClientOffline:
      fault.permille = static_cast<std::uint32_t>(dice.log_between(50, 1000));
      break;
    case FaultKind::RingDrop:
      fault.permille = static_cast<std::uint32_t>(dice.log_between(20, 1000));
      break;
    case FaultKind::StoreLostReply:
    case FaultKind::PgDeadlock:
      fault.permille = static_cast<std::uint32_t>(dice.log_between(50, 800));
      break;
    case FaultKind::PgCancelSyncwait:
      fault.permille = static_cast<std::uint32_t>(dice.log_between(100, 1000));
      break;
    case FaultKind::StoreSlow:
    case FaultKind::RedisSlow:
      fault.delay = dice.time(20ms, 800ms);
      break;
    case FaultKind::ClientCrash:
      fault.permille = static_cast<std::uint32_t>(dice.log_between(50, 600));
      break;
    case FaultKind::ClientSlow:
      fault.permille = static_cast<std::uint32_t>(dice.log_between(50, 400));
      fault.bytes_per_s = dice.one_in(2) ? 0 : dice.log_between(200, 8000);
      fault.span = dice.time(4s, 25s);
      break;
    case FaultKind::ClientClone:
      fault.count = static_cast<std::uint32_t>(dice.between(1, 2));
      break;
    case FaultKind::ClockStep: {
      const int sign = dice.one_in(2) ? 1 : -1;
      fault.span = dice.time(1s, 7200s) * sign;
      break;
    }
    case FaultKind::ClockDrift:
      fault.ppm = static_cast<std::int64_t>(dice.between(0, 100'000)) - 50'000;
      break;
    case FaultKind::MemberKickRace:
      fault.count = static_cast<std::uint32_t>(dice.between(2, 12));
      break;
    case FaultKind::AccountJoin:
      fault.count = static_cast<std::uint32_t>(dice.between(1, 4));
      break;
    case FaultKind::RetentionCut:
      fault.permille = static_cast<std::uint32_t>(dice.between(100, 950));
      break;
    default:
      break;
  }
  return users::only_its_own(fault);
}

/// Half of the worlds have several nodes. What they were drawn otherwise stays: the faults find another node each.
void draw_cluster(std::uint64_t seed, Options& o) {
  Dice dice(seed, 6);
  if (dice.one_in(2)) return;
  o.nodes = static_cast<std::uint16_t>(dice.between(2, 5));
  o.shards = std::min<std::uint16_t>(o.shards, o.nodes > 3 ? 1 : 2);
  if (dice.one_in(3)) o.bus_capacity = static_cast<std::uint32_t>(dice.log_between(32, 256));
  if (dice.one_in(3)) o.bus_latency = {0us, dice.time(1ms, 60ms)};
  if (dice.one_in(2)) o.slow_join = dice.time(10ms, 1500ms);
  std::uint32_t node = 1;
  for (Fault& fault : o.schedule) {
    if (fault.node == 0) continue;
    if (fault.kind != FaultKind::Restart) node = static_cast<std::uint32_t>(dice.between(1, o.nodes));
    fault.node = node;  // who was killed is restarted
  }
  constexpr std::array kOfTheBus{FaultKind::BusDrop, FaultKind::BusDup, FaultKind::BusReorder, FaultKind::BusCut};
  for (const FaultKind kind : kOfTheBus) {
    if (!dice.one_in(2)) continue;
    for (std::uint64_t n = dice.log_between(1, 4); n > 0; --n) {
      Fault fault{.at = dice.time(4s, o.heal_at - 3s), .kind = kind, .span = dice.time(200ms, 8s)};
      fault.node = static_cast<std::uint32_t>(dice.between(1, o.nodes));
      fault.to = static_cast<std::uint32_t>(1 + (fault.node - 1 + dice.between(1, o.nodes - 1u)) % o.nodes);
      fault.permille = static_cast<std::uint32_t>(dice.log_between(20, 1000));
      fault.delay = dice.time(1ms, 200ms);
      o.schedule.push_back(users::only_its_own(fault));
    }
  }
  if (dice.one_in(3)) o.config.node_lease = dice.time(700ms, 6s);
}

/// A server that goes down comes back, mostly.
void add_restart(Dice& dice, const Fault& down, std::vector<Fault>& schedule) {
  if (dice.one_in(12)) return;
  schedule.push_back({.at = down.at + dice.time(100ms, 5s), .kind = FaultKind::Restart, .node = 1});
}

/// So many of a kind, at most.
void add_faults(std::uint64_t seed, FaultKind kind, std::uint64_t most, Options& o) {
  Dice dice(seed, 100 + static_cast<std::uint64_t>(kind));
  for (std::uint64_t n = dice.log_between(1, most); n > 0; --n) {
    const Fault fault = draw_fault(dice, kind, o.heal_at - 3s);
    o.schedule.push_back(fault);
    if (kind == FaultKind::Kill || kind == FaultKind::PowerLoss) add_restart(dice, fault, o.schedule);
  }
}

void draw_faults(std::uint64_t seed, Options& o) {
  constexpr std::array kOften{FaultKind::Kill,
                              FaultKind::PowerLoss,
                              FaultKind::Pause,
                              FaultKind::Cut,
                              FaultKind::RingDrop,
                              FaultKind::StoreLostReply,
                              FaultKind::StoreUnavailable,
                              FaultKind::StoreFull,
                              FaultKind::StoreSlow,
                              FaultKind::ClientCrash,
                              FaultKind::ClientSlow,
                              FaultKind::ClientOffline,
                              FaultKind::ClockStep,
                              FaultKind::ClockDrift,
                              FaultKind::MemberKickRace,
                              FaultKind::RetentionCut,
                              FaultKind::AccountJoin};
  constexpr std::array kSeldom{FaultKind::Drain, FaultKind::StoreStop, FaultKind::StoreRestore,
                               FaultKind::StoreCopyBack, FaultKind::ClientClone};
  Dice dice(seed, 4);
  for (const FaultKind kind : kOften) {
    if (dice.one_in(2)) add_faults(seed, kind, 4, o);
  }
  for (const FaultKind kind : kSeldom) {
    if (dice.one_in(5)) add_faults(seed, kind, 1, o);
  }
}

/// Most clusters have a directory; what it keeps is often little, and for a moment.
void draw_directory(std::uint64_t seed, Options& o) {
  Dice dice(seed, 9);
  if (dice.one_in(3)) o.config.gap_reads_max = static_cast<std::uint32_t>(dice.log_between(1, 8));
  if (o.nodes == 1 || dice.one_in(5)) return;
  o.config.shared_tails = true;
  if (dice.one_in(3)) o.tails.events_max = static_cast<std::uint32_t>(dice.log_between(4, 64));
  if (dice.one_in(3)) o.tails.bytes_max = static_cast<std::uint32_t>(dice.log_between(1000, 32'000));
  if (dice.one_in(4)) o.tails.life = dice.time(200ms, 10s);
  if (dice.one_in(4)) o.cache_rooms = static_cast<std::uint32_t>(dice.log_between(1, 8));
  if (dice.one_in(4)) o.cache_latency.most = dice.time(5ms, 200ms);
  if (dice.one_in(2)) o.cache_loss_permille = static_cast<std::uint32_t>(dice.log_between(20, 500));
  // A home that keeps little itself: much is asked of the cache.
  if (dice.one_in(2)) o.config.tail_bytes_per_room = static_cast<std::uint32_t>(dice.log_between(300, 2000));
  constexpr std::array kOfIt{FaultKind::RedisFlush, FaultKind::RedisDown, FaultKind::RedisStale,
                             FaultKind::RedisFailover, FaultKind::RedisSlow};
  for (const FaultKind kind : kOfIt) {
    if (!o.schedule.empty() && dice.one_in(2)) add_faults(seed, kind, 4, o);
  }
}

/// Combinations that a die seldom throws, as people lived through them.
constexpr std::array<std::string_view, 10> kStorylines{
    // The disk is slow, replies get lost, and then the server dies in the middle of it.
    "@12s store.slow 300ms 6s ; store.lost_reply 50% 8s\n@16s kill n1\n@17s restart n1\n@18s client.crash 30%",
    // Everybody loses the connection at once, half of them lose the application too.
    "@15s cut 100% 2s\n@16s client.crash 50%\n@20s store.slow 100ms 4s",
    // A stopped server comes back with stale state to clients that have gone elsewhere and returned.
    "@10s pause n1 8s\n@11s cut 60% 4s\n@19s ring.drop 50% 2s",
    // Readers that do not read while the rest writes, then all of it is to be caught up.
    "@8s client.slow 30% 0B/s 20s\n@9s client.slow 30% 500B/s 20s\n@26s ring.drop 30% 3s",
    // People are removed while they write, and the server stops in between.
    "@10s member.kick_race 12\n@10s pause n1 2s\n@14s member.kick_race 12\n@14s ring.drop 40% 3s\n@18s kill n1\n@19s "
    "restart n1",
    // The clock goes back an hour, the power fails, and the clock is right again.
    "@12s clock.step n1 -3600s\n@20s power_loss n1\n@22s restart n1\n@30s clock.step n1 3600s",
    // A long absence, and retention cuts what was missed.
    "@8s client.offline 40% 15s\n@20s retention.cut 90%\n@24s client.offline 30% 3s",
    // The disk is full, somebody makes space, the operator restarts.
    "@10s store.full 6s\n@18s drain n1\n@40s store.full 3s",
    // A backup is put back, and much later the file of an earlier time is copied over it.
    "@20s store.restore 6s\n@24s client.crash 20%\n@40s store.copy_back 5s",
    // The fsync fails under load.
    "@15s store.slow 200ms 4s\n@17s store.stop\n@30s store.lost_reply 80% 5s\n@32s power_loss n1\n@33s restart n1"};

constexpr std::array<std::string_view, 5> kPostgresStorylines{
    // A standby stops, somebody cancels what waits for it, and then the primary is lost.
    "@15s pg.cancel_syncwait 60% 6s\n@19s pg.failover sync\n@21s store.lost_reply 30% 4s",
    // The same, and a restarted server reads what the cancelled have left, before the primary is lost.
    "@15s pg.cancel_syncwait 80% 8s\n@17s kill n1\n@18s restart n1\n@21s pg.failover sync\n@23s client.crash 30%",
    // Connections die, their backends go on, and repeats queue behind them.
    "@12s pg.cancel_syncwait 0% 3s ; store.lost_reply 70% 4s\n@20s store.slow 300ms 5s ; store.lost_reply 70% 6s",
    // The primary crashes twice and is then given up for a standby that was behind.
    "@12s pg.restart\n@14s pg.restart ; pg.cancel_syncwait 30% 3s\n@25s pg.failover async\n@35s pg.failover sync",
    // A server dies in the middle of what it has asked for, and what it asked for happens after its restart.
    "@14s pg.cancel_syncwait 0% 4s\n@15s kill n1\n@15s restart n1\n@30s store.slow 500ms 4s\n@31s kill n1\n@31s "
    "restart "
    "n1"};

/// From entities of its own: what else a seed draws does not depend on the kind of store.
void draw_postgres(std::uint64_t seed, Options& o) {
  o.store = StoreKind::Postgres;
  // Of a file: a server whose disk fails recovers or is failed over, and its restore tool raises epochs.
  std::erase_if(o.schedule, [](const Fault& fault) {
    return fault.kind == FaultKind::StoreStop || fault.kind == FaultKind::StoreCopyBack;
  });
  Dice dice(seed, 6);
  if (dice.one_in(3)) o.standby_latency.most = dice.time(5ms, 80ms);
  if (dice.one_in(3)) o.follower_latency.most = dice.time(100ms, 6s);
  Dice standby(seed, 9);
  if (standby.one_in(2)) o.standby_reads_percent = static_cast<std::uint32_t>(standby.between(20, 100));
  if (dice.one_in(3)) {
    const auto story = users::parse_faults(kPostgresStorylines[scale(dice.next(), kPostgresStorylines.size())]);
    STARLING_ASSERT(story.has_value());
    o.schedule.insert(o.schedule.end(), story->begin(), story->end());
    return;
  }
  constexpr std::array kOften{FaultKind::PgCancelSyncwait, FaultKind::PgFailoverSync, FaultKind::PgRestart,
                              FaultKind::PgDeadlock};
  for (const FaultKind kind : kOften) {
    if (dice.one_in(2)) add_faults(seed, kind, 3, o);
  }
  if (dice.one_in(4)) add_faults(seed, FaultKind::PgFailoverAsync, 1, o);
}

/// Somebody else needs the memory.
void draw_memory(Dice dice, Options& o) {
  if (o.schedule.empty() || !dice.one_in(6)) return;
  Fault fault{.at = dice.time(4s, o.heal_at - 3s), .kind = FaultKind::Oom, .span = dice.time(2s, 20s)};
  fault.node = static_cast<std::uint32_t>(dice.between(1, o.nodes));
  fault.bytes = dice.log_between(2'000, 64'000);
  o.schedule.push_back(fault);
}

/// Most worlds are not healed altogether.
void draw_core(Dice dice, Options& o) {
  if (dice.one_in(2)) o.unhealed_percent = static_cast<std::uint32_t>(dice.log_between(5, 60));
  if (dice.one_in(3)) o.unhealed_loss_permille = static_cast<std::uint32_t>(dice.log_between(2, 50));
  if (o.nodes > 1 && dice.one_in(3)) o.unhealed_nodes = static_cast<std::uint32_t>(dice.between(1, o.nodes - 1));
}

}  // namespace

Options swarm(std::uint64_t seed, StoreKind store) {
  Options options;
  options.seed = seed;
  draw_population(Dice(seed, 1), options);
  draw_seams(Dice(seed, 2), options);
  draw_limits(Dice(seed, 3), options.config);
  Dice dice(seed, 5);
  if (scale(dice.next(), 10) < 3) {
    const auto story = users::parse_faults(kStorylines[scale(dice.next(), kStorylines.size())]);
    STARLING_ASSERT(story.has_value());
    options.schedule = *story;
  } else if (!dice.one_in(20)) {  // the promises also hold when nothing goes wrong
    draw_faults(seed, options);
  }
  draw_cluster(seed, options);
  draw_directory(seed, options);
  draw_memory(Dice(seed, 8), options);
  draw_core(Dice(seed, 7), options);
  if (store == StoreKind::Postgres) draw_postgres(seed, options);
  std::stable_sort(options.schedule.begin(), options.schedule.end(),
                   [](const Fault& a, const Fault& b) { return a.at < b.at; });
  return options;
}

}  // namespace starling::sim
