#include "server/store/postgres/session.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "server/store/postgres/conninfo.h"
#include "server/store/postgres/errors.h"
#include "server/store/postgres/exchange.h"
#include "server/store/postgres/hosts.h"

namespace starling::postgres {
namespace {

constexpr int kBinary = 1;

/// Each alone; of none, what libpq makes of that.
std::vector<Hosts> apart(const Hosts& hosts) {
  if (hosts.empty()) return {hosts};
  std::vector<Hosts> out;
  for (const Host& host : hosts) out.push_back({host});
  return out;
}

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

}  // namespace

Session::Session(const std::string& conninfo) {
  // One after the other: libpq itself stays with the first that refuses us, though the next may be the primary.
  std::string said;
  std::optional<std::string> password;  // what is wrong with it, as all hosts have it
  bool everywhere = true;
  for (const Hosts& host : apart(hosts_in(conninfo))) {
    connection_.reset(ConnectParams(conninfo, Access::Write, host).connect());
    if (PQstatus(connection_.get()) == CONNECTION_OK) return;
    said += PQerrorMessage(connection_.get());
    password = explain_password(connection_.get());
    everywhere = everywhere && password;
  }
  if (everywhere && password) refuse(std::move(*password));
  refuse(explain_connection(said), true);
}

void Session::check(const PGresult* result) const {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return;
  const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string_view sqlstate = code == nullptr ? "" : code;
  refuse(explain(sqlstate, text == nullptr ? PQerrorMessage(connection_.get()) : text),
         fault_of(sqlstate) == Fault::Lost || fault_of(sqlstate) == Fault::Busy);
}

std::string Session::run(Literal sql) {
  const Answer answer(PQexec(connection_.get(), sql.text()));
  check(answer.get());
  return PQntuples(answer.get()) > 0 ? PQgetvalue(answer.get(), 0, 0) : "";
}

int Session::number(Literal sql) {
  const std::string text = run(sql);
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Rows Session::ask(Literal sql, const Params& params) {
  const Params::Pointers pointers = params.pointers();
  Answer answer(PQexecParams(connection_.get(), sql.text(), static_cast<int>(pointers.values.size()), nullptr,
                             pointers.values.data(), pointers.lengths.data(), pointers.formats.data(), kBinary));
  check(answer.get());
  return Rows(answer.release());
}

Rows Session::call(const Call& call) {
  const Statement& statement = *call.statement;
  if (prepared_.insert(&statement).second) {
    const Answer prepared(PQprepare(connection_.get(), statement.name, statement.sql, 0, nullptr));
    check(prepared.get());
  }
  const Params::Pointers pointers = call.params.pointers();
  Answer answer(PQexecPrepared(connection_.get(), statement.name, static_cast<int>(pointers.values.size()),
                               pointers.values.data(), pointers.lengths.data(), pointers.formats.data(), kBinary));
  check(answer.get());
  return Rows(answer.release());
}

ports::StoreResult Session::answer(const ports::StoreRequest& request) {
  std::vector<Rows> answers;
  const Requests alone{&request};
  for (const Call& each : calls_of(alone)) answers.push_back(call(each));
  return *results_of(alone, answers).front();
}

}  // namespace starling::postgres
