#include "server/runtime/metrics_text.h"

#include <fmt/format.h>

#include <array>

namespace starling::runtime {
namespace {

struct CountRow {
  std::string_view name;
  MetricsText::Kind kind;
  std::string_view help;
  std::uint64_t (*of)(const Stats&);
};

constexpr auto kCounter = MetricsText::Kind::Counter;
constexpr auto kGauge = MetricsText::Kind::Gauge;

#define STARLING_ROW(name, kind, field, help)                                 \
  CountRow {                                                                  \
    name, kind, help, [](const Stats& s) -> std::uint64_t { return s.field; } \
  }

constexpr std::array kRows{
    STARLING_ROW("starling_events_committed_total", kCounter, core.events_committed, "Events committed by room homes."),
    STARLING_ROW("starling_events_delivered_total", kCounter, core.events_delivered, "Events queued, one a recipient."),
    STARLING_ROW("starling_sends_received_total", kCounter, core.sends_received, "Send frames."),
    STARLING_ROW("starling_sends_refused_total", kCounter, core.sends_refused, "Sends refused for good."),
    STARLING_ROW("starling_sends_busy_total", kCounter, core.sends_busy, "Sends answered Busy."),
    STARLING_ROW("starling_duplicates_answered_total", kCounter, core.duplicates_answered, "Repeated sends."),
    STARLING_ROW("starling_room_resumes_total", kCounter, core.resumes, "Rooms resumed by cursor."),
    STARLING_ROW("starling_room_resets_total", kCounter, core.resets, "Rooms whose cursor could not be continued."),
    STARLING_ROW("starling_pages_read_total", kCounter, core.pages_read, "History pages read from the store."),
    STARLING_ROW("starling_store_ops_total", kCounter, core.store_ops, "Operations handed to the store."),
    STARLING_ROW("starling_store_unknown_total", kCounter, core.store_unknown, "Commits with an unknown outcome."),
    STARLING_ROW("starling_lagging_entered_total", kCounter, core.lagging_entered, "Sessions that began to lag."),
    STARLING_ROW("starling_slots_given_total", kCounter, core.slots_given,
                 "Sessions told when to come back, because too many came at once."),
    STARLING_ROW("starling_slow_closed_total", kCounter, core.slow_closed, "Sessions closed as slow readers."),
    STARLING_ROW("starling_gaps_repaired_total", kCounter, core.gaps_repaired, "Gaps between shards repaired."),
    STARLING_ROW("starling_presence_changes_total", kCounter, core.presence_changes, "Changes of users' presence."),
    STARLING_ROW("starling_presence_envelopes_total", kCounter, core.presence_envelopes,
                 "Presence and receipts, from shard to shard."),
    STARLING_ROW("starling_presence_frames_total", kCounter, core.presence_frames,
                 "Presence and receipts, frames to sessions."),
    STARLING_ROW("starling_sessions", kGauge, core.sessions, "Authenticated sessions."),
    STARLING_ROW("starling_sessions_lagging", kGauge, core.sessions_lagging, "Of them, lagging."),
    STARLING_ROW("starling_rooms_home", kGauge, core.rooms_home, "Rooms whose home is here."),
    STARLING_ROW("starling_rooms_local", kGauge, core.rooms_local, "Rooms with a session here."),
    STARLING_ROW("starling_commit_queue_bytes", kGauge, core.commit_queue_bytes, "Waiting for the store."),
    STARLING_ROW("starling_page_cache_bytes", kGauge, core.page_bytes, "Pages kept for readers that catch up."),
    STARLING_ROW("starling_accepted_total", kCounter, accepted, "Connections accepted."),
    STARLING_ROW("starling_refused_total", kCounter, refused, "Connections refused for a limit."),
    STARLING_ROW("starling_accepts_failed_total", kCounter, accepts_failed, "Accepts without descriptor or memory."),
    STARLING_ROW("starling_logins_total", kCounter, logins, "Hellos verified."),
    STARLING_ROW("starling_logins_by_ticket_total", kCounter, logins_by_ticket, "Of them, by resume ticket."),
    STARLING_ROW("starling_logins_refused_total", kCounter, logins_refused, "Hellos refused."),
    STARLING_ROW("starling_protocol_errors_total", kCounter, protocol_errors, "Connections closed for a violation."),
    STARLING_ROW("starling_timeouts_total", kCounter, timeouts, "Connections closed for a timeout."),
    STARLING_ROW("starling_bytes_in_total", kCounter, bytes_in, "Bytes read from connections."),
    STARLING_ROW("starling_bytes_out_total", kCounter, bytes_out, "Bytes written to connections."),
    STARLING_ROW("starling_frames_in_total", kCounter, frames_in, "Client frames decoded."),
    STARLING_ROW("starling_frames_out_total", kCounter, frames_out, "Frames written; over writes: the mean a write."),
    STARLING_ROW("starling_writes_total", kCounter, writes, "Write system calls."),
    STARLING_ROW("starling_writes_blocked_total", kCounter, writes_blocked, "Of them, stopped by a full send buffer."),
    STARLING_ROW("starling_turns_total", kCounter, turns, "Turns of the loop."),
    STARLING_ROW("starling_envelopes_posted_total", kCounter, envelopes_posted, "Envelopes to other shards."),
    STARLING_ROW("starling_envelopes_dropped_total", kCounter, envelopes_dropped, "Dropped: the ring was full."),
    STARLING_ROW("starling_connections", kGauge, connections, "Open connections."),
};
#undef STARLING_ROW

struct RealRow {
  std::string_view name;
  std::string_view help;
  double (*of)(const Stats&);
};
constexpr std::array kRealRows{
    RealRow{"starling_flush_delay_seconds", "How long frames wait for company, in force now.",
            [](const Stats& s) { return s.flush_delay_s; }},
    RealRow{"starling_loop_load", "Share of time that the loop is busy.", [](const Stats& s) { return s.load; }},
    RealRow{"starling_loop_lag_seconds", "Longest turn of the loop in the last second.",
            [](const Stats& s) { return s.lag_max_s; }},
};

std::string shard_label(std::size_t i) { return fmt::format("shard=\"{}\"", i); }

}  // namespace

void MetricsText::family(std::string_view name, Kind kind, std::string_view help) {
  name_ = name;
  out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind == Kind::Counter ? "counter" : "gauge");
}

void MetricsText::head(std::string_view labels) {
  out_ += name_;
  if (!labels.empty()) out_ += fmt::format("{{{}}}", labels);
}

void MetricsText::sample(std::string_view labels, double value) {
  head(labels);
  out_ += fmt::format(" {}\n", value);
}

void MetricsText::sample(std::string_view labels, std::uint64_t value) {
  head(labels);
  out_ += fmt::format(" {}\n", value);
}

void write_stats(MetricsText& out, std::span<const Stats> shards) {
  for (const CountRow& row : kRows) {
    out.family(row.name, row.kind, row.help);
    for (std::size_t i = 0; i < shards.size(); ++i) out.sample(shard_label(i), row.of(shards[i]));
  }
  for (const RealRow& row : kRealRows) {
    out.family(row.name, kGauge, row.help);
    for (std::size_t i = 0; i < shards.size(); ++i) out.sample(shard_label(i), row.of(shards[i]));
  }
}

}  // namespace starling::runtime
