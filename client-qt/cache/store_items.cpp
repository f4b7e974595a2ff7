// The user's items.
#include "client-qt/cache/store.h"

namespace starling::qt {

using sqlite::Rows;
using sqlite::Statement;

std::vector<ItemRow> Store::items() {
  std::vector<ItemRow> out;
  Statement statement = prepare("SELECT kind, key, value, version, wanted FROM item");
  Rows row = statement.query();
  while (row.next()) {
    ItemRow each{.item = {.kind = row.as<wire::ItemKind>(0),
                          .key = std::string(row.bytes(1)),
                          .value = std::string(row.bytes(2)),
                          .version = row.u64(3)}};
    if (!row.is_null(4)) each.wanted = std::string(row.bytes(4));
    out.push_back(std::move(each));
  }
  return out;
}

void Store::run(const StoreItems& op) {
  if (op.items.prev == 0) {
    connection_.exec(
        "DELETE FROM item WHERE wanted IS NULL; UPDATE item SET value = '', version = 0 WHERE wanted IS NOT NULL");
  }
  Statement put = prepare(
      "INSERT INTO item(kind, key, value, version) VALUES (?, ?, ?, ?) ON CONFLICT(kind, key) DO UPDATE SET value = "
      "excluded.value, version = excluded.version WHERE excluded.version >= version");
  for (const wire::Item& item : op.items.items) put.run(item.kind, item.key, item.value, item.version);
  connection_.exec("DELETE FROM item WHERE value = '' AND wanted IS NULL");
  run(StoreAccount{.key = "items_version", .value = std::to_string(op.items.version)});
}

void Store::run(const StoreItem& op) {
  const wire::Item& item = op.row.item;
  if (item.value.empty() && !op.row.wanted) {
    prepare("DELETE FROM item WHERE kind = ? AND key = ?").run(item.kind, item.key);
    return;
  }
  prepare(
      "INSERT OR REPLACE INTO item(kind, key, value, version, wanted) VALUES (?, ?, ?, ?, CASE WHEN ?5 THEN ?6 END)")
      .run(item.kind, item.key, item.value, item.version, op.row.wanted.has_value(), op.row.wanted.value_or(""));
}

}  // namespace starling::qt
