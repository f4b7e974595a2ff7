#include "server/store/sqlite/item_rows.h"

#include <string>

namespace starling::store {

ItemRows::ItemRows(Connection& connection)
    : find_(connection, "SELECT version, value FROM user_items WHERE user_id = ? AND kind = ? AND key = ?"),
      next_(connection,
            "INSERT INTO users (user_id, rooms_version, items_version) VALUES (?, 1, 1) "
            "ON CONFLICT DO UPDATE SET items_version = items_version + 1 RETURNING items_version"),
      set_(connection,
           "INSERT INTO user_items (user_id, kind, key, version, value) VALUES (?, ?, ?, ?, ?) "
           "ON CONFLICT DO UPDATE SET version = excluded.version, value = excluded.value"),
      count_(connection, "SELECT count(*) FROM user_items WHERE user_id = ?") {}

wire::Item ItemRows::find(UserId user, wire::ItemKind kind, std::string_view key) {
  wire::Item item{.kind = kind, .key = std::string(key), .value = {}};
  Rows rows = find_.query(user, kind, key);
  if (!rows.next()) return item;
  item.version = rows.u64(0);
  item.value = rows.bytes(1);
  return item;
}

std::uint64_t ItemRows::next_version(UserId user) {
  Rows rows = next_.query(user);
  rows.next();
  const std::uint64_t version = rows.u64(0);
  rows.next();  // to its end, or nothing was written
  return version;
}

ports::ItemStored ItemRows::put(const ports::PutItem& request) {
  wire::Item item = find(request.user, request.kind, request.key);
  if (item.value == request.value && (item.version != 0 || request.value.empty())) return {.item = std::move(item)};
  const bool as_expected = item.version == request.base || (item.value.empty() && request.base == 0);
  if (!as_expected) return {.status = wire::PutStatus::Conflict, .item = std::move(item)};
  if (item.version == 0) {
    Rows rows = count_.query(request.user);
    rows.next();
    if (rows.u64(0) >= ports::kItemsPerUserMax) return {.status = wire::PutStatus::TooMany, .item = std::move(item)};
  }
  item.version = next_version(request.user);
  item.value = request.value;
  set_.run(request.user, item.kind, item.key, item.version, Blob{item.value});
  return {.item = std::move(item)};
}

void ItemRows::set(UserId user, wire::ItemKind kind, std::string_view key, std::string_view value) {
  set_.run(user, kind, key, next_version(user), Blob{value});
}

void ItemRows::remove(UserId user, wire::ItemKind kind, std::string_view key) {
  if (!find(user, kind, key).value.empty()) set(user, kind, key, {});
}

void ItemRows::mention(UserId user, std::string_view value) {
  const std::uint64_t version = next_version(user);
  set_.run(user, wire::ItemKind::Mention, std::to_string(version % ports::kMentionSlots), version, Blob{value});
}

}  // namespace starling::store
