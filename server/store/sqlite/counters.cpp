#include "server/store/sqlite/counters.h"

#include <fmt/format.h>

#include <iterator>

namespace starling::store {
namespace {

void line(std::string& out, const char* type, const char* name, const char* help, double value) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
}

}  // namespace

std::string Counters::text() const {
  std::string out;
  const auto counter = [&out](const char* name, const char* help, const Counter& value, double per_unit = 1) {
    line(out, "counter", name, help, static_cast<double>(value.load(std::memory_order_relaxed)) / per_unit);
  };
  counter("starling_store_transactions_total", "Transactions committed; each is one fsync", transactions);
  counter("starling_store_batches_total", "Batches of a room committed", batches);
  counter("starling_store_rows_accepted_total", "Events appended to a log", rows_accepted);
  counter("starling_store_rows_answered_total", "Rows of batches answered, accepted or not", rows_answered);
  counter("starling_store_rows_refused_total", "Rows that SQLite refused, rejected alone", rows_refused);
  counter("starling_store_reads_total", "Reads answered", reads);
  counter("starling_store_checkpoints_total", "Checkpoints of the WAL", checkpoints);
  counter("starling_store_wal_restarts_total", "Times that commits waited for the WAL to start anew", wal_restarts);
  counter("starling_store_full_total", "Operations answered: no space", failed_full);
  counter("starling_store_locked_total", "Operations answered: locked", failed_locked);
  counter("starling_store_fatal_total", "Operations answered: stopped, or outcome unknown", failed_fatal);
  counter("starling_store_writer_cpu_seconds_total", "CPU time of the writer's thread", writer_cpu_ns, 1e9);
  line(out, "gauge", "starling_store_wal_frames", "Pages in the WAL after the last commit",
       static_cast<double>(wal_frames.load(std::memory_order_relaxed)));
  rows_per_transaction.write(out, "starling_store_rows_per_transaction", "Rows that shared a transaction", 1);
  commit_us.write(out, "starling_store_commit_seconds", "From the first statement to the end of the fsync", 1e6);
  return out;
}

}  // namespace starling::store
