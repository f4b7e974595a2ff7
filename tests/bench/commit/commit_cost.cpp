// commit_cost: durable sends accepted, and what one costs the writer's thread beside a bare loop over SQLite.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "server/store/sqlite/backup.h"
#include "server/store/sqlite/seed.h"
#include "tests/bench/commit/floor.h"
#include "tests/bench/commit/store_load.h"

namespace starling::bench {
namespace {

constexpr double kRatioMax = 1.4;
constexpr double kPerSecondMin = 1363;

struct Round {
  Cost store;
  Cost floor;
  double ratio() const { return store.cpu_us_per_row() / floor.cpu_us_per_row(); }
  double per_s() const { return static_cast<double>(store.rows) / store.seconds; }
};

/// Both begin with the same file; at the end their logs must be the same.
Round run_round(const std::string& folder, const Load& load) {
  namespace fs = std::filesystem;
  fs::remove_all(folder);
  fs::create_directories(folder);
  const std::string path = folder + "/store.db";
  const std::string copy = folder + "/floor.db";
  if (const auto seeded = store::seed(path, {.users = 1000, .rooms = load.rooms, .members_per_room = 20}); !seeded) {
    std::fprintf(stderr, "commit: %s\n", seeded.error().c_str());
    std::exit(1);
  }
  fs::copy_file(path, copy);
  Recorded recorded;
  Round round;
  round.store = run_store(path, load, recorded);
  round.floor = run_floor(copy, recorded);
  const auto one = store::verify(path);
  const auto other = store::verify(copy);
  if (!one || !other || one->events != other->events) {
    std::fprintf(stderr, "commit: the store and the floor did not write the same log\n");
    std::exit(1);
  }
  fs::remove_all(folder);
  return round;
}

template <class Value>
Value median(std::vector<Value> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int main_of(const std::string& folder, const Load& load, int rounds) {
  std::vector<double> per_s;
  std::vector<double> ratio;
  std::vector<std::uint64_t> rows_per_transaction;
  std::printf("%lu rooms, a batch of %lu in each, bodies of %zu bytes; %d rounds of %ld s\n", load.rooms,
              load.senders_per_room, load.body_bytes, rounds, static_cast<long>(load.duration.count()));
  for (int n = 0; n < rounds; ++n) {
    const Round round = run_round(folder, load);
    std::printf("  %8.0f/s, %lu rows a transaction, CPU a row: %.2f us, floor %.2f us, ratio %.3f\n", round.per_s(),
                round.store.rows_per_transaction_p50, round.store.cpu_us_per_row(), round.floor.cpu_us_per_row(),
                round.ratio());
    std::fflush(stdout);
    per_s.push_back(round.per_s());
    ratio.push_back(round.ratio());
    rows_per_transaction.push_back(round.store.rows_per_transaction_p50);
  }
  std::printf("{\"bench\":\"commit\",\"per_s\":%.0f,\"rows_per_txn_p50\":%lu,\"cpu_ratio\":%.3f}\n", median(per_s),
              median(rows_per_transaction), median(ratio));
  if (median(ratio) <= kRatioMax && median(per_s) > kPerSecondMin) return 0;
  std::fprintf(stderr, "commit: a bar is missed: at most %.1f times the floor, more than %.0f a second\n", kRatioMax,
               kPerSecondMin);
  return 1;
}

}  // namespace
}  // namespace starling::bench

int main(int argc, char** argv) {
  CLI::App app("Durable sends, and their price beside a bare loop over SQLite");
  std::string folder = "commit-bench";
  std::uint64_t rooms = 200;
  std::uint64_t senders = 4;
  std::size_t body = 128;
  int seconds = 5;
  int rounds = 7;
  app.add_option("--dir", folder, "Where the databases are made");
  app.add_option("--rooms", rooms, "Rooms that are written at the same time")->check(CLI::Range(1, 100000));
  app.add_option("--senders", senders, "Senders in each, every one a row of its batch")->check(CLI::Range(1, 20));
  app.add_option("--body", body, "Bytes of a message")->check(CLI::Range(1, 16384));
  app.add_option("--seconds", seconds, "Of a round")->check(CLI::Range(1, 60));
  app.add_option("--rounds", rounds, "The median of them is reported")->check(CLI::Range(1, 21));
  CLI11_PARSE(app, argc, argv);
  return starling::bench::main_of(
      folder,
      {.rooms = rooms, .senders_per_room = senders, .body_bytes = body, .duration = std::chrono::seconds(seconds)},
      rounds);
}
