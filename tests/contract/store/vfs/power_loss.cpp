// power_loss [--seed N] [--points N] [--mutant SynchronousOff]: acknowledged sends and changes of accounts through power
// losses. The last line is JSON; exit 0 when nothing acknowledged was lost, doubled or reordered and nothing is half done,
// else 3.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "common/base/mutant.h"
#include "tests/contract/store/vfs/crash_run.h"

namespace starling::contract {
namespace {

constexpr int kExitViolated = 3;
/// A broken run breaks in a thousand places, and the first ones are the interesting ones.
constexpr int kShown = 20;
/// A database is carried through so many losses before the next one begins empty, so that the checks stay short.
constexpr std::uint64_t kLossesPerDatabase = 40;

struct Tally {
  std::uint64_t acked = 0;
  std::uint64_t accounts = 0;
  std::uint64_t repeated = 0;
  std::uint64_t lost = 0;
  std::uint64_t doubled = 0;
  std::uint64_t reordered = 0;

  void add(const CrashRun& run) {
    acked += run.acked();
    accounts += run.accounts_acked();
    repeated += run.repeated();
    for (const check::Violation& each : run.violations().kept()) {
      switch (each.guarantee) {
        case check::Guarantee::G3_ExactlyOnce:
          ++doubled;
          break;
        case check::Guarantee::G2_TotalOrder:
        case check::Guarantee::G4_SenderFifo:
          ++reordered;
          break;
        default:
          ++lost;
      }
    }
  }
};

Tally run(std::uint64_t seed, std::uint64_t points) {
  Tally tally;
  int shown = 0;
  for (std::uint64_t done = 0; done < points;) {
    CrashRun run(draw(seed, 1, done, 0));
    for (std::uint64_t n = 0; n < kLossesPerDatabase && done < points && run.violations().empty(); ++n, ++done)
      run.live_and_die();
    tally.add(run);
    for (const check::Violation& each : run.violations().kept()) {
      if (++shown <= kShown) std::fprintf(stderr, "loss %lu: %s\n", done, to_string(each).c_str());
    }
  }
  return tally;
}

}  // namespace

int main_of(std::uint64_t seed, std::uint64_t points) {
  const Tally t = run(seed, points);
  std::printf("seed %lu; %lu repeats were answered as such\n", seed, t.repeated);
  std::printf("{\"power_loss\":%lu,\"acked\":%lu,\"accounts\":%lu,\"lost\":%lu,\"doubled\":%lu,\"reordered\":%lu}\n",
              points, t.acked, t.accounts, t.lost, t.doubled, t.reordered);
  return t.lost + t.doubled + t.reordered == 0 ? 0 : kExitViolated;
}

}  // namespace starling::contract

int main(int argc, char** argv) {
  CLI::App app("Acknowledged sends through power losses");
  std::uint64_t seed = 1;
  std::uint64_t points = 500;
  std::string mutant;
  app.add_option("--seed", seed, "The first draw of everything");
  app.add_option("--points", points, "How often the power fails");
  app.add_option("--mutant", mutant, "SynchronousOff: the store does not sync (mutants preset only)");
  CLI11_PARSE(app, argc, argv);
  if (!mutant.empty()) {
#if defined(STARLING_MUTANTS)
    starling::chosen_mutant = starling::mutant_by_name(mutant);
#endif
    if (!starling::mutant(starling::mutant_by_name(mutant)) || mutant != "SynchronousOff") {
      std::fputs("--mutant: only SynchronousOff, and only in the mutants preset\n", stderr);
      return 1;
    }
  }
  return starling::contract::main_of(seed, points);
}
