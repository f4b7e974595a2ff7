#include "server/store/postgres/conninfo.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "server/store/postgres/limits.h"

namespace starling::postgres {
namespace {

constexpr std::string_view kInvalidPassword = " 28P01";

std::string options_of(const std::string& conninfo, Access access) {
  std::string options = value_in(conninfo, "options");  // the operator's own, before what has to hold
  options += fmt::format(
      " -c search_path=starling,pg_temp -c synchronous_commit=on -c client_min_messages=warning -c lock_timeout={} "
      "-c statement_timeout={} -c idle_in_transaction_session_timeout={} -c tcp_user_timeout=5000 "
      "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3",
      limits::kLockTimeoutMs, limits::kStatementTimeoutMs, limits::kIdleInTransactionTimeoutMs);
  if (access != Access::Write) options += " -c default_transaction_isolation=repeatable\\ read";
  return options;
}

/// As libpq takes it. Empty, which overrides nothing, when none has one.
std::string list_of(const Hosts& hosts, std::string Host::* field) {
  std::string list;
  for (const Host& host : hosts) list += host.*field + ',';
  if (list.find_first_not_of(',') == std::string::npos) return {};
  list.pop_back();
  return list;
}

/// libpq says a thing on several lines, and with several hosts more of them.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\t') continue;
    line += c == '\n' ? ' ' : c;
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace

ConnectParams::ConnectParams(const std::string& conninfo, Access access, const Hosts& hosts) {
  // A machine that is gone is noticed in some seconds, here and, by its options, at the server.
  pairs_ = {{"tcp_user_timeout", "5000"}, {"keepalives_idle", "5"},    {"keepalives_interval", "2"},
            {"keepalives_count", "3"},    {"connect_timeout", "5"},    {"fallback_application_name", "starlingd"},
            {"dbname", conninfo},         {"client_encoding", "UTF8"}, {"options", options_of(conninfo, access)}};
  if (access != Access::Standby) pairs_.emplace_back("target_session_attrs", "read-write");
  // What comes last counts.
  pairs_.emplace_back("host", list_of(hosts, &Host::name));
  pairs_.emplace_back("hostaddr", list_of(hosts, &Host::address));
  pairs_.emplace_back("port", list_of(hosts, &Host::port));
}

std::vector<const char*> ConnectParams::keywords() const {
  std::vector<const char*> out;
  for (const auto& [keyword, value] : pairs_) out.push_back(keyword);
  out.push_back(nullptr);
  return out;
}

std::vector<const char*> ConnectParams::values() const {
  std::vector<const char*> out;
  for (const auto& [keyword, value] : pairs_) out.push_back(value.c_str());
  out.push_back(nullptr);
  return out;
}

std::string explain_connection(std::string_view said) {
  return fmt::format(
      "cannot connect to PostgreSQL ({}); check host, port, user, password and database of store.postgres, and that "
      "one of its servers is a primary",
      on_one_line(said));
}

std::optional<std::string> explain_password(PGconn* connection) {
  const std::string said = on_one_line(PQerrorMessage(connection));
  if (PQconnectionNeedsPassword(connection) != 0) {
    return fmt::format("PostgreSQL wants a password and was given none ({}); name one in store.postgres, or a passfile",
                       said);
  }
  if (PQconnectionUsedPassword(connection) == 0) return std::nullopt;
  // It may have been right, and the server full, or a standby. libpq has the code of an error in its text alone, and only of
  // an attempt that follows.
  PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE);
  PQreset(connection);
  if (std::string_view(PQerrorMessage(connection)).find(kInvalidPassword) == std::string_view::npos)
    return std::nullopt;
  return fmt::format("PostgreSQL did not let us in ({}); check user and password of store.postgres", said);
}

}  // namespace starling::postgres
