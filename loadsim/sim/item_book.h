// The items of one user in the store model.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "server/ports/item_rules.h"
#include "server/ports/store.h"

namespace starling::sim {

class ItemBook {
 public:
  ports::ItemStored put(const ports::PutItem& request);
  void change(const ports::ItemChange& change);
  ports::ItemsLoaded after(std::uint64_t version) const;
  /// A backup was put in place of a book that had come to `seen`.
  void raise_above(std::uint64_t seen);

  std::uint64_t version() const { return version_; }
  const std::map<std::pair<wire::ItemKind, std::string>, wire::Item>& items() const { return items_; }

 private:
  void set(wire::ItemKind kind, const std::string& key, const std::string& value);

  std::uint64_t version_ = 0;
  std::map<std::pair<wire::ItemKind, std::string>, wire::Item> items_;
};

}  // namespace starling::sim
