#include "server/store/postgres/counters.h"

#include <fmt/format.h>

#include <iterator>

namespace starling::postgres {

std::uint64_t Counters::sum_of(const std::array<Counter, store::kReadKinds.size()>& of_kinds) {
  std::uint64_t sum = 0;
  for (const Counter& each : of_kinds) sum += each.load(std::memory_order_relaxed);
  return sum;
}

StoreStats Counters::stats() const {
  return {.transactions = transactions.load(std::memory_order_relaxed),
          .rows_accepted = rows_accepted.load(std::memory_order_relaxed),
          .reads = sum_of(reads),
          .queries = sum_of(queries),
          .unknown = unknown.load(std::memory_order_relaxed),
          .connects = connects.load(std::memory_order_relaxed)};
}

std::string Counters::text(const Gauges& now) const {
  std::string out;
  const auto counter = [&out](const char* name, const char* help, const Counter& value) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} counter\n{0} {2}\n", name, help,
                   value.load(std::memory_order_relaxed));
  };
  counter("starling_store_transactions_total", "Transactions of writes committed", transactions);
  counter("starling_store_batches_total", "Batches of a room committed", batches);
  counter("starling_store_rows_accepted_total", "Events appended to a log", rows_accepted);
  counter("starling_store_rows_answered_total", "Rows of batches answered, accepted or not", rows_answered);
  counter("starling_store_batches_refused_total", "Batches of which the server refused a row", batches_refused);
  const auto by_kind = [&out](const char* name, const char* help, const auto& of_kinds) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} counter\n", name, help);
    for (std::size_t i = 0; i < of_kinds.size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{}{{of=\"{}\"}} {}\n", name, store::kReadKinds[i],
                     of_kinds[i].load(std::memory_order_relaxed));
    }
  };
  by_kind("starling_store_reads_total", "Reads answered, by what was asked for", reads);
  by_kind("starling_store_read_queries_total", "Statements sent for them: of reads that wait together one for all",
          queries);
  counter("starling_store_standby_reads_total", "Pages answered from a standby", standby_reads);
  counter("starling_store_standby_passes_total", "Pages that a standby could not answer", standby_passes);
  counter("starling_store_barriers_total", "Commits that proved what was read", barriers);
  counter("starling_store_outcomes_unknown_total", "Operations answered: outcome unknown", unknown);
  counter("starling_store_unavailable_total", "Operations answered: unavailable", unavailable);
  counter("starling_store_full_total", "Operations answered: no space", full);
  counter("starling_store_connects_total", "Connections made", connects);
  commit_us.write(out, "starling_store_commit_seconds", "From the way there to the answer of a batch", 1e6);
  const auto gauge = [&out](const char* name, const char* help, std::size_t value) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", name, help, value);
  };
  fmt::format_to(std::back_inserter(out),
                 "# HELP starling_store_queue_ops Operations waiting for an answer of the database\n"
                 "# TYPE starling_store_queue_ops gauge\n"
                 "starling_store_queue_ops{{queue=\"writes\"}} {}\nstarling_store_queue_ops{{queue=\"reads\"}} {}\n",
                 now.writes_waiting, now.reads_waiting);
  gauge("starling_store_replicated", "What is acknowledged is on a synchronous standby", now.replicated);
  gauge("starling_store_healthy", "Takes commits now", now.healthy);
  return out;
}

}  // namespace starling::postgres
