// The Prometheus text format (0.0.4), written directly: a page needs nothing that a library would add.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/runtime/stats.h"

namespace starling::runtime {

class MetricsText {
 public:
  enum class Kind : std::uint8_t { Counter, Gauge };

  /// Begins a family; samples follow.
  void family(std::string_view name, Kind kind, std::string_view help);
  /// `labels` as name="value",…; may be empty. Values must not need escaping.
  void sample(std::string_view labels, double value);
  void sample(std::string_view labels, std::uint64_t value);

  std::string take() { return std::move(out_); }

 private:
  void head(std::string_view labels);

  std::string name_;
  std::string out_;
};

/// A family for each counter and gauge, a sample a shard.
void write_stats(MetricsText& out, std::span<const Stats> shards);

}  // namespace starling::runtime
