#include "loadsim/sim/shrink.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "loadsim/sim/knobs.h"

namespace starling::sim {
namespace {

/// They are made small, which is seldom what is usual.
constexpr std::array<std::string_view, 8> kSizes{
    "nodes", "shards", "rooms", "users", "members_per_room", "second_device_percent", "heal_at", "calm"};

std::vector<std::string_view> knobs_to_drop(const Options& options) {
  std::vector<std::string_view> names = unusual_knobs(options);
  std::erase_if(names,
                [](std::string_view name) { return std::find(kSizes.begin(), kSizes.end(), name) != kSizes.end(); });
  return names;
}

class Shrinker {
 public:
  Shrinker(Options options, const StillFails& still_fails) : best_(std::move(options)), still_fails_(&still_fails) {}

  /// One pass over every dimension; true when something became smaller.
  bool pass() {
    smaller_ = false;
    drop_faults();
    drop_actions();
    lower(2, [](Options& o) -> auto& { return o.users; });
    lower(1, [](Options& o) -> auto& { return o.rooms; });
    lower(2, [](Options& o) -> auto& { return o.members_per_room; });
    lower(0, [](Options& o) -> auto& { return o.second_device_percent; });
    lower(1, [](Options& o) -> auto& { return o.nodes; });
    lower(1, [](Options& o) -> auto& { return o.shards; });
    const Duration last = best_.schedule.empty() ? Duration() : best_.schedule.back().at;
    lower(last + 1s, [](Options& o) -> auto& { return o.heal_at; });
    lower(1s, [](Options& o) -> auto& { return o.calm; });
    drop_knobs();
    return smaller_;
  }
  Options best() && { return std::move(best_); }

 private:
  bool accept(Options candidate) {
    if (!(*still_fails_)(candidate)) return false;
    best_ = std::move(candidate);
    smaller_ = true;
    return true;
  }

  /// Halves first, then quarters, down to single lines.
  void drop_faults() {
    for (std::size_t length = best_.schedule.size(); length > 0; length /= 2) {
      for (std::size_t from = 0; from < best_.schedule.size();) {
        Options candidate = best_;
        const auto begin = candidate.schedule.begin() + static_cast<std::ptrdiff_t>(from);
        const std::size_t count = std::min(length, candidate.schedule.size() - from);
        candidate.schedule.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
        if (!accept(std::move(candidate))) from += length;
      }
    }
  }

  void drop_actions() {
    for (std::size_t i = 0; i < best_.mix.size(); ++i) {
      Options candidate = best_;
      if (std::exchange(candidate.mix[i], 0) == 0) continue;
      if (std::accumulate(candidate.mix.begin(), candidate.mix.end(), 0U) != 0) accept(std::move(candidate));
    }
  }

  void drop_knobs() {
    for (const std::string_view name : knobs_to_drop(best_)) {
      Options candidate = best_;
      make_usual(candidate, name);
      accept(std::move(candidate));
    }
  }

  /// To `least`; else by half the way to it, then by a quarter, and so on.
  template <class T, class Field>
  void lower(T least, Field field) {
    using Value = std::remove_cvref_t<decltype(field(best_))>;
    const auto floor = static_cast<Value>(least);
    if (field(best_) <= floor) return;
    for (auto step = static_cast<Value>(field(best_) - floor); step >= grain(step);) {
      Options candidate = best_;
      field(candidate) = static_cast<Value>(field(candidate) - step);
      if (!accept(std::move(candidate))) {
        step = half(step);
      } else {
        step = std::min(step, static_cast<Value>(field(best_) - floor));
      }
    }
  }

  static Duration grain(Duration) { return 1s; }
  static Duration half(Duration step) { return std::chrono::floor<std::chrono::milliseconds>(step / 2); }
  template <class T>
  static T grain(T) {
    return 1;
  }
  template <class T>
  static T half(T step) {
    return static_cast<T>(step / 2);
  }

  Options best_;
  const StillFails* still_fails_;
  bool smaller_ = false;
};

}  // namespace

Options shrink(Options options, const StillFails& still_fails) {
  Shrinker shrinker(std::move(options), still_fails);
  while (shrinker.pass()) {
  }
  return std::move(shrinker).best();
}

RunSize size_of(const Options& options) {
  const auto used = std::count_if(options.mix.begin(), options.mix.end(), [](auto weight) { return weight != 0; });
  return {.faults = options.schedule.size(),
          .actions = static_cast<std::size_t>(used),
          .users = options.users,
          .second_device_percent = options.second_device_percent,
          .rooms = options.rooms,
          .members_per_room = options.members_per_room,
          .nodes = options.nodes,
          .shards = options.shards,
          .load = options.heal_at,
          .calm = options.calm,
          .knobs = knobs_to_drop(options).size()};
}

}  // namespace starling::sim
