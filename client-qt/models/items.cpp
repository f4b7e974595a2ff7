#include "client-qt/models/items.h"

#include <algorithm>
#include <set>

#include "client-qt/models/commands.h"
#include "client-qt/models/folders.h"
#include "client-qt/session/session_host.h"

namespace starling::qt {

void ItemBook::restore(const std::vector<ItemRow>& rows) {
  for (const ItemRow& row : rows) {
    entries_[{row.item.kind, row.item.key}] = {
        .value = row.item.value, .version = row.item.version, .wanted = row.wanted, .asked = {}};
  }
}

std::string ItemBook::value(wire::ItemKind kind, const std::string& key) const {
  const auto at = entries_.find({kind, key});
  return at == entries_.end() ? std::string() : at->second.shown();
}

std::map<std::string, std::string> ItemBook::all(wire::ItemKind kind) const {
  std::map<std::string, std::string> out;
  for (auto at = entries_.lower_bound({kind, {}}); at != entries_.end() && at->first.first == kind; ++at) {
    if (!at->second.shown().empty()) out.emplace(at->first.second, at->second.shown());
  }
  return out;
}

// ---- the server's word

void ItemBook::on(const client::ItemsChanged& notice) {
  const wire::Items& items = *notice.items;
  if (items.prev == 0) {
    std::set<Key> gone;
    for (const auto& [key, entry] : entries_) gone.insert(key);
    for (const wire::Item& item : items.items) gone.erase({item.kind, item.key});
    for (const Key& key : gone) learn(key, {}, 0);
  }
  for (const wire::Item& item : items.items) {
    const auto at = entries_.find({item.kind, item.key});
    // An answer may have told of a later one.
    if (items.prev != 0 && at != entries_.end() && item.version < at->second.version) continue;
    learn({item.kind, item.key}, item.value, item.version);
  }
}

void ItemBook::on(const client::ItemPut& notice) {
  const wire::ItemPut& answer = *notice.answer;
  const Key key{answer.item.kind, answer.item.key};
  const auto at = entries_.find(key);
  if (at == entries_.end() || !at->second.asked || at->second.asked->request != answer.request_id) return;
  Entry& entry = at->second;
  switch (answer.status) {
    case wire::PutStatus::Put:
    case wire::PutStatus::Conflict:  // what is there; what is wanted is wanted over it
      if (answer.item.version >= entry.version) learn(key, answer.item.value, answer.item.version);
      entry.asked.reset();
      return ask(key, entry);
    case wire::PutStatus::TooMany:
      return give_up(key, entry, tr("You keep too many drafts, folders and settings: remove some first."));
    case wire::PutStatus::Refused:
      return give_up(key, entry, tr("The server does not keep this: its version is another one."));
    case wire::PutStatus::Busy:
      return;  // asked again by the engine
  }
}

void ItemBook::on(const client::Welcomed& notice) {
  // Another device's engine knows nothing of what was asked before.
  const bool anew = std::exchange(device_, notice.welcome->device) != notice.welcome->device;
  for (auto& [key, entry] : entries_) {
    if (anew) entry.asked.reset();
    ask(key, entry);
  }
}

void ItemBook::learn(const Key& key, std::string value, std::uint64_t version) {
  Entry& entry = entries_[key];
  const std::string shown = entry.shown();
  const std::string before = std::exchange(entry.value, std::move(value));
  entry.version = version;
  const bool ours = entry.asked && entry.asked->value == entry.value;
  if (entry.wanted) {
    if (key.first == wire::ItemKind::Folder && !ours) entry.wanted = merged_folder(before, *entry.wanted, entry.value);
    if (*entry.wanted == entry.value) entry.wanted.reset();
    store(key, entry);
  }
  const wire::Item item{.kind = key.first, .key = key.second, .value = entry.shown(), .version = version};
  const wire::Item theirs{.kind = key.first, .key = key.second, .value = entry.value, .version = version};
  if (item.value != shown) emit changed(item);
  if (!ours && theirs.value != before) emit changed_elsewhere(theirs, before);
}

// ---- this user's

void ItemBook::put(wire::ItemKind kind, const std::string& name, std::string value) {
  const Key key{kind, name};
  if (value == this->value(kind, name)) return;
  Entry& entry = entries_[key];
  entry.wanted = std::move(value);
  // Back to what it was, before anybody was asked for something else.
  if (!entry.asked && *entry.wanted == entry.value) entry.wanted.reset();
  store(key, entry);
  emit changed({.kind = kind, .key = name, .value = entry.shown(), .version = entry.version});
  ask(key, entry);
}

void ItemBook::ask(const Key& key, Entry& entry) {
  if (!entry.wanted || entry.asked) return;
  const auto asked = host_->put_item(key.first, key.second, *entry.wanted, entry.version);
  if (asked) {
    entry.asked = {.request = *asked, .value = *entry.wanted};
  } else if (asked.error() != client::CommandError::Full) {
    give_up(key, entry, tr(describe(asked.error())));
  }
}

void ItemBook::give_up(const Key& key, Entry& entry, const QString& why) {
  entry.asked.reset();
  entry.wanted.reset();
  store(key, entry);
  emit changed({.kind = key.first, .key = key.second, .value = entry.value, .version = entry.version});
  emit failed(why);
}

void ItemBook::store(const Key& key, const Entry& entry) {
  host_->cache().write(
      {.ops = {
           StoreItem{{.item = {.kind = key.first, .key = key.second, .value = entry.value, .version = entry.version},
                      .wanted = entry.wanted}}}});
}

}  // namespace starling::qt
