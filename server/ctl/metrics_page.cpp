#include "server/ctl/metrics_page.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <system_error>

namespace starling::ctl {

MetricsPage MetricsPage::parse(std::string_view text) {
  MetricsPage page;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    // NAME VALUE, or NAME{LABELS} VALUE: no label of ours holds a space.
    const std::size_t space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    double value = 0;
    if (std::from_chars(line.data() + space + 1, line.data() + line.size(), value).ec != std::errc{}) continue;
    const std::string_view name = line.substr(0, std::min(space, line.find('{')));
    const auto [family, is_new] = page.families_.try_emplace(std::string(name), Family{.sum = 0, .largest = value});
    family->second.sum += value;
    family->second.largest = std::max(family->second.largest, value);
  }
  return page;
}

std::optional<double> MetricsPage::sum(std::string_view name) const {
  const auto family = families_.find(name);
  return family == families_.end() ? std::nullopt : std::optional(family->second.sum);
}

std::optional<double> MetricsPage::largest(std::string_view name) const {
  const auto family = families_.find(name);
  return family == families_.end() ? std::nullopt : std::optional(family->second.largest);
}

}  // namespace starling::ctl
