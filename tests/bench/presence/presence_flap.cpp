// A crowd whose connections break and come back and whose people go away and return, in invented time.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/bench/presence/crowd.h"

int main(int argc, char** argv) {
  using namespace starling;
  bench::Crowd::Shape shape;
  std::uint32_t changes_per_s = 2000;
  std::uint32_t seconds = 60;
  CLI::App app("Frames that presence costs while a crowd flaps");
  app.add_option("--users", shape.users)->capture_default_str()->check(CLI::Range(100, 100'000));
  app.add_option("--visible", shape.visible, "People that each sees")->capture_default_str()->check(CLI::Range(1, 500));
  app.add_option("--shards", shape.shards)->capture_default_str()->check(CLI::Range(1, 16));
  app.add_option("--changes", changes_per_s, "A second")->capture_default_str()->check(CLI::Range(1, 100'000));
  app.add_option("--seconds", seconds, "Of invented time")->capture_default_str()->check(CLI::Range(1, 600));
  CLI11_PARSE(app, argc, argv);

  bench::Crowd crowd(shape);
  crowd.gather();
  crowd.flap(std::chrono::seconds(20), changes_per_s);  // until as many are out as come back
  crowd.take();
  crowd.flap(std::chrono::seconds(seconds), changes_per_s);
  const bench::Crowd::Counts counts = crowd.take();
  const auto per_s = [&](std::uint64_t n) { return static_cast<unsigned long long>(n / seconds); };
  std::printf(
      "{\"bench\":\"presence\",\"users\":%u,\"visible\":%u,\"changes_per_s\":%llu,\"frames_per_s\":%llu,"
      "\"naive_frames_per_s\":%llu,\"envelopes_per_s\":%llu}\n",
      shape.users, shape.visible, per_s(counts.changes), per_s(counts.frames), per_s(counts.naive_frames),
      per_s(counts.envelopes));
  return 0;
}
