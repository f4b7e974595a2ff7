#include "server/store/postgres/accounts.h"

#include <utility>

#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

Result<ports::AccountResult, std::string> answer(const std::string& conninfo, const ports::StoreRequest& request) {
  try {
    Session session(conninfo);
    check_current(session);
    ports::StoreResult result = session.answer(request);
    return std::move(*std::get<ports::AccountsAnswered>(result).result);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace

Result<ports::AccountResult, std::string> change_accounts(const std::string& conninfo,
                                                          const ports::ChangeAccounts& request) {
  if (const auto migrated = migrate(conninfo); !migrated) return tl::unexpected(migrated.error().text);
  return answer(conninfo, request);
}

Result<ports::AccountResult, std::string> read_accounts(const std::string& conninfo,
                                                        const ports::AccountRead& request) {
  return answer(conninfo, ports::ReadAccounts{request});
}

}  // namespace starling::postgres
