#include "client-qt/models/items.h"

#include <tuple>

#include "client-qt/session/session_host.h"

namespace starling::qt {

void ItemBook::on(const client::ItemsChanged& notice) {
  if (notice.items->prev == 0) items_.clear();
  for (const wire::Item& item : notice.items->items) {
    items_[{item.kind, item.key}] = item;
    emit changed(item);
  }
}

void ItemBook::put(wire::ItemKind kind, std::uint64_t key, std::string value) {
  const std::string name = std::to_string(key);
  const auto at = items_.find({kind, name});
  if (at == items_.end() ? value.empty() : at->second.value == value) return;
  std::ignore = host_->put_item(kind, name, std::move(value), at == items_.end() ? 0 : at->second.version);
}

}  // namespace starling::qt
