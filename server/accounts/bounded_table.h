// A map that forgets what was not asked for longest once it is full. Owner: one thread, or its holder's lock.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace starling::accounts {

template <class Key, class Value>
class BoundedTable {
 public:
  explicit BoundedTable(std::size_t most) : most_(most) {}

  /// The value of the key, made from its default when there was none. Until the next call.
  Value& at(const Key& key) {
    if (Value* found = find(key)) return *found;
    if (index_.size() >= most_) {
      index_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, Value{});
    index_.emplace(key, entries_.begin());
    return entries_.front().second;
  }
  Value* find(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }
  void erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return;
    entries_.erase(found->second);
    index_.erase(found);
  }
  std::size_t size() const { return index_.size(); }

 private:
  using Entries = std::list<std::pair<Key, Value>>;
  std::size_t most_;
  Entries entries_;  // the latest first
  std::unordered_map<Key, typename Entries::iterator> index_;
};

}  // namespace starling::accounts
