#include "server/store/sqlite/quick_check.h"

#include <fmt/format.h>

#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

Result<void, std::string> quick_check(const std::string& path) {
  try {
    Connection connection({.path = path, .mode = Connection::Mode::ReadOnly, .busy_timeout_ms = 2000});
    const std::string verdict = connection.text("PRAGMA quick_check(1)");
    if (verdict == "ok") return {};
    return tl::unexpected(fmt::format("{} is damaged: {}", path, verdict));
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

}  // namespace starling::store
