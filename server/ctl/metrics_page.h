// A server's /metrics as numbers by name, each summed over its shards.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace starling::ctl {

class MetricsPage {
 public:
  /// Prometheus text exposition; lines that are no sample are passed over.
  static MetricsPage parse(std::string_view text);

  /// The sum of a family's samples, or their largest; nothing when the page has none.
  std::optional<double> sum(std::string_view name) const;
  std::optional<double> largest(std::string_view name) const;

 private:
  struct Family {
    double sum = 0;
    double largest = 0;
  };
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace starling::ctl
