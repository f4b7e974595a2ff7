// Rare paths that some run must reach. A probe counts how often its line ran on this thread; the simulator adds the
// counts of all seeds up, and a must-hit probe that stayed at zero fails the run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace starling {

#define STARLING_PROBES(X)  \
  X(unknown_then_found)     \
  X(unknown_then_absent)    \
  X(dup_returned_original)  \
  X(dup_in_batch)           \
  X(out_of_order_nack)      \
  X(conflict_body)          \
  X(batch_bisect)           \
  X(store_queue_full_busy)  \
  X(tail_loss_found)        \
  X(gap_from_ring)          \
  X(gap_from_cache)         \
  X(gap_from_store)         \
  X(gap_read_waited)        \
  X(cache_hole_deleted)     \
  X(register_buffered_live) \
  X(slow_to_catchup)        \
  X(catchup_to_live)        \
  X(slow_disconnected)      \
  X(resume_ring)            \
  X(resume_store)           \
  X(resume_truncated)       \
  X(resume_epoch_reset)     \
  X(redelivered_dropped)    \
  X(kick_raced_commit)      \
  X(kick_raced_delivery)    \
  X(edit_of_unknown_target) \
  X(device_fenced)          \
  X(ticket_resume)          \
  X(admission_rejected)     \
  X(slot_given)             \
  X(node_hint_followed)     \
  X(drain_handoff)          \
  X(disk_full_shed)         \
  X(client_outbox_replayed) \
  X(joined_by_invitation)   \
  X(joined_public)          \
  X(join_of_the_banned)     \
  X(muted_refused)          \
  X(history_hidden)         \
  X(item_conflict)          \
  X(item_gap)               \
  X(clock_step_ignored)     \
  X(clock_was_ahead)        \
  X(presence_debounced)     \
  X(presence_watch_expired) \
  X(room_budget_spent)      \
  X(cancel_syncwait_seen)   \
  X(barrier_waited)         \
  X(page_of_a_standby)      \
  X(replica_below_floor)    \
  X(readonly_primary)       \
  X(lock_timeout)           \
  X(link_boot_changed)      \
  X(silent_home_was_ahead)  \
  X(request_moved)          \
  X(stale_view_rejected)    \
  X(fence_refused)          \
  X(node_evicted_by_lease)  \
  X(outside_view_unready)   \
  X(home_waited_for_view)

enum class Probe : std::uint8_t {
#define STARLING_PROBE_ENUM(name) name,
  STARLING_PROBES(STARLING_PROBE_ENUM)
#undef STARLING_PROBE_ENUM
      kCount
};

inline constexpr std::size_t kProbeCount = static_cast<std::size_t>(Probe::kCount);
using ProbeCounts = std::array<std::uint64_t, kProbeCount>;

inline thread_local ProbeCounts probe_counts{};

inline void probe(Probe p) { ++probe_counts[static_cast<std::size_t>(p)]; }
inline void probe(Probe p, bool condition) { probe_counts[static_cast<std::size_t>(p)] += condition ? 1 : 0; }

constexpr std::string_view name_of(Probe p) {
  constexpr std::array<std::string_view, kProbeCount> names{
#define STARLING_PROBE_NAME(name) #name,
      STARLING_PROBES(STARLING_PROBE_NAME)
#undef STARLING_PROBE_NAME
  };
  return names[static_cast<std::size_t>(p)];
}

}  // namespace starling
