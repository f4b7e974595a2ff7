// An empty database with the store's schema on the shared server.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

namespace starling::support {

/// A connection for what a test does by hand. Throws std::runtime_error.
class Sql {
 public:
  explicit Sql(const std::string& conninfo);
  /// The first column of the first row; empty: none. The schema starling is on the path.
  std::string run(const std::string& sql);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Finish> connection_;
};

/// A slot of the server, for this object alone: made the first time, emptied the next.
class Database {
 public:
  Database();

  const std::string& conninfo() const { return conninfo_; }
  void clear();
  Sql& sql() { return *sql_; }

 private:
  Sql claims_;  // its advisory lock is the claim
  std::string conninfo_;
  std::unique_ptr<Sql> sql_;
};

}  // namespace starling::support
