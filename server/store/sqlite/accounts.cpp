#include "server/store/sqlite/accounts.h"

#include "server/store/sqlite/account_changes.h"
#include "server/store/sqlite/account_reader.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {
namespace {

/// As long as a server's commits may take.
constexpr int kBusyTimeoutMs = 5000;

}  // namespace

Result<ports::AccountResult, std::string> change_accounts(const std::string& path,
                                                          const ports::ChangeAccounts& request) {
  if (auto migrated = migrate(path); !migrated) return tl::unexpected(migrated.error());
  try {
    Connection connection({.path = path, .busy_timeout_ms = kBusyTimeoutMs});
    make_durable(connection);
    AccountChanges changes(connection);
    connection.exec("BEGIN IMMEDIATE");
    ports::AccountResult result = changes.run(request);
    connection.exec("COMMIT");
    return result;
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

Result<ports::AccountResult, std::string> read_accounts(const std::string& path, const ports::AccountRead& request) {
  try {
    Connection connection = open_current(path, Connection::Mode::ReadOnly, kBusyTimeoutMs);
    return AccountReader(connection).read(request);
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

}  // namespace starling::store
