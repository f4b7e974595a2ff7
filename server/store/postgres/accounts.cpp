#include "server/store/postgres/accounts.h"

#include <utility>

#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

Result<ports::AccountResult, std::string> answer(const Database& database, const ports::StoreRequest& request) {
  try {
    Session session(database.conninfo);
    check_current(session, database.part);
    ports::StoreResult result = session.answer(request);
    return std::move(*std::get<ports::AccountsAnswered>(result).result);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace

Result<ports::AccountResult, std::string> change_accounts(const Database& database,
                                                          const ports::ChangeAccounts& request) {
  if (const auto ready = prepare(database); !ready) return tl::unexpected(ready.error().text);
  return answer(database, request);
}

Result<ports::AccountResult, std::string> read_accounts(const Database& database, const ports::AccountRead& request) {
  return answer(database, ports::ReadAccounts{request});
}

}  // namespace starling::postgres
