#include "server/runtime/isolation.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/ports/numbering.h"

namespace starling::runtime {
namespace {

using namespace std::chrono_literals;
/// Who has given way comes back only after so long without a silence: each way moves the homes of a node.
constexpr Duration kProof = 5s;
/// Where nobody is home, the nodes come in one after the other, in the order of their numbers.
constexpr Duration kTurn = 1s;

std::uint16_t lowest(const std::vector<Reach>& nodes) {
  return std::ranges::min_element(nodes, {}, &Reach::node)->node;
}

}  // namespace

std::string text_of(const std::vector<Reach>& unreached) {
  std::string text;
  for (const Reach& each : unreached) {
    const bool neither = !each.heard && !each.hears;
    text += fmt::format("{}node {} {}{}{}", text.empty() ? "" : "; ", each.node, each.heard ? "" : "is not heard",
                        neither ? ", and " : "", each.hears ? "" : "does not hear this node");
  }
  return text;
}

void Isolation::look(Instant now, const ports::View& view, const std::vector<Reach>& reach) {
  std::vector<Reach> homes;
  for (const Reach& each : reach) {
    const auto is_home = [&](const ports::ViewNode& node) { return number_of(node) == each.node && !node.leaving; };
    if (std::ranges::any_of(view.nodes, is_home)) homes.push_back(each);
  }
  unreached_.clear();
  std::ranges::remove_copy_if(homes, std::back_inserter(unreached_), &Reach::both);
  if (isolated_) {
    isolated_ = !may_come_in(now, view, reach, homes.size());
    silent_since_.clear();
  } else if (must_give_way(now, homes)) {
    isolated_ = true;
    proof_ = kProof;
    way_ = Way::None;
  }
}

Isolation::Way Isolation::way_in(const std::vector<Reach>& reach, std::size_t homes) const {
  if (homes == 0) return Way::Nobody;
  if (unreached_.empty()) return Way::All;
  const auto reached = static_cast<std::size_t>(std::ranges::count_if(reach, &Reach::both));
  return unreached_.size() == homes && 2 * (1 + reached) > 1 + reach.size() ? Way::Majority : Way::None;
}

bool Isolation::may_come_in(Instant now, const ports::View& view, const std::vector<Reach>& reach, std::size_t homes) {
  const Way way = way_in(reach, homes);
  if (std::exchange(way_, way) != way) way_since_ = now;
  switch (way) {
    case Way::None:
      return false;
    case Way::Nobody: {
      const auto before = [&](const ports::ViewNode& node) { return number_of(node) < self_; };
      return now >= way_since_ + std::ranges::count_if(view.nodes, before) * kTurn;
    }
    case Way::All:
      return now >= way_since_ + proof_;
    case Way::Majority:
      return now >= way_since_ + std::max(proof_, patience_);
  }
  return false;
}

/// The smaller part gives way, of two halves the one without the lowest number. Who is in the greater part and still does not
/// reach everybody, as when one link of several is cut, gives way later, to a lower number: so those that stay reach each other.
bool Isolation::must_give_way(Instant now, const std::vector<Reach>& homes) {
  std::erase_if(silent_since_, [&](const auto& silent) {
    return std::ranges::find(unreached_, silent.first, &Reach::node) == unreached_.end();
  });
  for (const Reach& each : unreached_) silent_since_.try_emplace(each.node, now);
  const std::vector<std::uint16_t> silent = silent_for(patience_, now);
  if (silent.empty()) return false;
  const std::size_t together = 1 + homes.size() - silent.size();
  const bool lowest_is_away = self_ > lowest(homes) && std::ranges::find(silent, lowest(homes)) != silent.end();
  if (together < silent.size() || (together == silent.size() && lowest_is_away)) return true;
  return std::ranges::any_of(silent_for(2 * patience_, now), [&](std::uint16_t node) { return node < self_; });
}

std::vector<std::uint16_t> Isolation::silent_for(Duration time, Instant now) const {
  std::vector<std::uint16_t> nodes;
  for (const auto& [node, since] : silent_since_) {
    if (now >= since + time) nodes.push_back(node);
  }
  return nodes;
}

}  // namespace starling::runtime
