// What a PostgreSQL server and a database of it say of themselves, as far as a store depends on it. Reads only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "server/store/postgres/part.h"

namespace starling::postgres {

struct Checkup {
  std::string version;  // "15.8"
  std::string database;
  std::string role;
  std::string encoding;
  bool checksums = false;  // of its pages
  bool syncs = false;      // what is committed survives a power loss

  std::string synchronous_standby_names;
  std::uint64_t standbys_awaited = 0;  // how many of those a commit waits for
  std::uint64_t standbys_there = 0;    // how many that it names follow
  bool standbys_hidden = false;        // the role may not see who follows

  std::uint64_t connections_max = 0;     // for roles that are nobody special
  std::uint64_t connections_others = 0;  // that are taken by others than nodes
  std::chrono::milliseconds clock_ahead{0};

  bool has_schema = false;
  bool may_create = false;     // a schema
  std::string schema_fault;    // empty: the schema is there, this program's, and what is in it is what is named
  std::string rights_missing;  // what of the schema the role may not work on; empty: nothing

  // Of the log; where there is no schema fault.
  int schema = 0;
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  // of the database
};

/// The error says why there is no connection, and what to look at.
Result<Checkup, std::string> check_up(const Database& database);

}  // namespace starling::postgres
