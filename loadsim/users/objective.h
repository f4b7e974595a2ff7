// What a scenario demands of a run, by name: "p99_ms = 250".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace starling::users {

enum class Goal : std::uint8_t {
  P50Ms,  // from the intended send to each receiver
  P99Ms,
  P999Ms,
  AckP99Ms,      // from the intended send to its answer
  ConnectP99Ms,  // from the attempt to the Welcome
  OutageP99Ms,   // from losing a connection to having every room again
  DeliveriesPerSMin,
  SendsPerSMin,
  ConnectedPercentMin,  // of the users, at the end of the load
  RefusedMax,           // sends that the log refused
  kCount
};
inline constexpr std::size_t kGoals = static_cast<std::size_t>(Goal::kCount);

struct GoalName {
  std::string_view name;
  std::string_view unit;
  bool is_minimum = false;
};
inline constexpr std::array<GoalName, kGoals> kGoalNames{{
    {"p50_ms", "ms"},
    {"p99_ms", "ms"},
    {"p999_ms", "ms"},
    {"ack_p99_ms", "ms"},
    {"connect_p99_ms", "ms"},
    {"outage_p99_ms", "ms"},
    {"deliveries_per_s_min", "/s", true},
    {"sends_per_s_min", "/s", true},
    {"connected_percent_min", "%", true},
    {"refused_max", "sends"},
}};
constexpr const GoalName& name_of(Goal goal) { return kGoalNames[static_cast<std::size_t>(goal)]; }

struct Objective {
  Goal goal = Goal::P99Ms;
  double limit = 0;
  bool operator==(const Objective&) const = default;
};

}  // namespace starling::users
