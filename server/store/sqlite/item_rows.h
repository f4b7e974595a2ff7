// Users' items as rows: the writer's side.
#pragma once

#include <string_view>

#include "server/ports/store.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the writer's thread.
class ItemRows {
 public:
  explicit ItemRows(Connection& connection);

  /// By the user: compare and set.
  ports::ItemStored put(const ports::PutItem& request);
  /// By the server: whatever is there.
  void set(UserId user, wire::ItemKind kind, std::string_view key, std::string_view value);
  /// Nothing happens when there is none.
  void remove(UserId user, wire::ItemKind kind, std::string_view key);
  /// Into one of kMentionSlots, over an old one.
  void mention(UserId user, std::string_view value);

 private:
  wire::Item find(UserId user, wire::ItemKind kind, std::string_view key);
  std::uint64_t next_version(UserId user);

  Statement find_;
  Statement next_;
  Statement set_;
  Statement count_;
};

}  // namespace starling::store
