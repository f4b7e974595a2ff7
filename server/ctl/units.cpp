#include "server/ctl/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace starling::ctl {

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, 1, ',');
  return out;
}

std::string in_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be shown as 1024.0 of a unit too small.
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string in_time(std::int64_t seconds) {
  struct Unit {
    std::int64_t seconds;
    std::string_view name;
  };
  constexpr std::array kUnits{Unit{86400, "d"}, Unit{3600, "h"}, Unit{60, "min"}, Unit{1, "s"}};
  for (std::size_t i = 0; i + 1 < kUnits.size(); ++i) {
    if (seconds < kUnits[i].seconds) continue;
    return fmt::format("{} {} {} {}", seconds / kUnits[i].seconds, kUnits[i].name,
                       seconds % kUnits[i].seconds / kUnits[i + 1].seconds, kUnits[i + 1].name);
  }
  return fmt::format("{} s", seconds);
}

std::optional<std::int64_t> parse_age(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t seconds;
  };
  constexpr std::array kUnits{Unit{"s", 1}, Unit{"min", 60}, Unit{"h", 3600}, Unit{"d", 86400}, Unit{"w", 604800}};
  // Older than anything, and far from where the product would no longer fit.
  constexpr std::int64_t kCountMax = 1'000'000;
  std::int64_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count <= 0 || count > kCountMax) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  for (const Unit& each : kUnits) {
    if (each.name == unit) return count * each.seconds;
  }
  return std::nullopt;
}

}  // namespace starling::ctl
