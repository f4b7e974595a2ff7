#include "loadsim/sim/item_book.h"

#include <algorithm>
#include <vector>

#include "common/wire/limits.h"

namespace starling::sim {

void ItemBook::set(wire::ItemKind kind, const std::string& key, const std::string& value) {
  items_[{kind, key}] = {.kind = kind, .key = key, .value = value, .version = ++version_};
}

ports::ItemStored ItemBook::put(const ports::PutItem& request) {
  const auto at = items_.find({request.kind, request.key});
  wire::Item item{.kind = request.kind, .key = request.key, .value = {}};
  if (at != items_.end()) item = at->second;
  if (item.value == request.value && (at != items_.end() || request.value.empty())) return {.item = std::move(item)};
  const bool as_expected = item.version == request.base || (item.value.empty() && request.base == 0);
  if (!as_expected) return {.status = wire::PutStatus::Conflict, .item = std::move(item)};
  if (at == items_.end() && items_.size() >= ports::kItemsPerUserMax) {
    return {.status = wire::PutStatus::TooMany, .item = std::move(item)};
  }
  set(request.kind, request.key, request.value);
  return {.item = items_.at({request.kind, request.key})};
}

void ItemBook::change(const ports::ItemChange& change) {
  if (change.kind == wire::ItemKind::Mention) {
    return set(change.kind, std::to_string((version_ + 1) % ports::kMentionSlots), change.value);
  }
  const auto at = items_.find({change.kind, change.key});
  if (change.value.empty() && (at == items_.end() || at->second.value.empty())) return;
  set(change.kind, change.key, change.value);
}

ports::ItemsLoaded ItemBook::after(std::uint64_t version) const {
  wire::Items changes{.prev = ports::continues(version, version_) ? version : 0, .version = version_, .items = {}};
  std::vector<const wire::Item*> later;
  for (const auto& [name, item] : items_) {
    if (item.version > changes.prev) later.push_back(&item);
  }
  std::ranges::sort(later, {}, [](const wire::Item* item) { return item->version; });
  std::size_t bytes = 0;
  for (const wire::Item* item : later) {
    bytes += item->key.size() + item->value.size() + ports::kItemBytes;
    if (!changes.items.empty() &&
        (bytes > wire::limits::kItemsBytesMax || changes.items.size() == wire::limits::kItemsMax)) {
      changes.more = true;
      changes.version = changes.items.back().version;
      break;
    }
    changes.items.push_back(*item);
  }
  return {.changes = std::move(changes)};
}

void ItemBook::raise_above(std::uint64_t seen) {
  const std::uint64_t newest = std::max(version_, seen);
  if (newest != 0) version_ = ports::version_after_loss(newest);
}

}  // namespace starling::sim
