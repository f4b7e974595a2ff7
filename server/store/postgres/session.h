// A connection that is waited for, for what is done once: opening a store, looking at one.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "common/base/start_error.h"
#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/migrations.h"
#include "server/store/postgres/params.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// What a Session throws; its user turns it into an error.
struct Failed {
  StartError error;
};

/// `passes`: trying again may help.
[[noreturn]] inline void refuse(std::string text, bool passes = false) { throw Failed{{std::move(text), passes}}; }

/// What may be run as it is: a literal of this program, or one of its migrations. Nothing that was put together.
class Literal {
 public:
  template <std::size_t Size>
  consteval Literal(const char (&text)[Size]) : text_(text) {}  // NOLINT(google-explicit-constructor)
  static Literal of(const Migration& migration) { return Literal(migration); }
  const char* text() const { return text_; }

 private:
  explicit Literal(const Migration& migration) : text_(migration.sql) {}
  const char* text_;
};

class Session {
 public:
  explicit Session(const std::string& conninfo);

  /// The first column of the first row; empty: none. May be several statements.
  std::string run(Literal sql);
  int number(Literal sql);
  /// Begins a transaction that reads one snapshot, for as long as it takes and as whoever reads what is found lets it wait.
  void begin_snapshot() {
    run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; "
        "SET LOCAL idle_in_transaction_session_timeout = 0");
  }
  Rows ask(Literal sql, const Params& params = {});
  /// Prepared the first time.
  Rows call(const Call& call);
  /// A request of the store seam, by the calls of a server. Several calls are one transaction only within the caller's.
  ports::StoreResult answer(const ports::StoreRequest& request);
  int server_version() const { return PQserverVersion(connection_.get()); }
  std::string database() const { return PQdb(connection_.get()); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  void check(const PGresult* result) const;

  std::unique_ptr<PGconn, Finish> connection_;
  std::unordered_set<const Statement*> prepared_;
};

}  // namespace starling::postgres
