// What every connection of the store says when it connects, beside what the operator has configured.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/store/postgres/hosts.h"

namespace starling::postgres {

enum class Access : std::uint8_t {
  Write,    // to the primary
  Read,     // to the primary; the statements of a transaction see one snapshot
  Standby,  // the same, to whatever server there is
};

/// The keywords of PQconnectStartParams. `conninfo` may name several hosts: the primary is found among them.
class ConnectParams {
 public:
  /// `hosts`: of the conninfo, those to try, in this order; none: as it says.
  ConnectParams(const std::string& conninfo, Access access, const Hosts& hosts = {});

  PGconn* start() const { return PQconnectStartParams(keywords().data(), values().data(), 1); }
  PGconn* connect() const { return PQconnectdbParams(keywords().data(), values().data(), 1); }

 private:
  std::vector<const char*> keywords() const;
  std::vector<const char*> values() const;

  std::vector<std::pair<const char*, std::string>> pairs_;
};

/// Why a connection was not made, and what to look at; no secret is in it. `said`: by libpq.
std::string explain_connection(std::string_view said);
/// The same when it is for a password that is missing or wrong, so that there is no other answer the next time. Connects again.
std::optional<std::string> explain_password(PGconn* connection);

}  // namespace starling::postgres
