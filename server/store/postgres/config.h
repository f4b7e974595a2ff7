// How the PostgreSQL store is reached, and what it promises.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "server/store/postgres/part.h"

namespace starling::postgres {

enum class Durability : std::uint8_t {
  Replicated,  // what is answered is on a synchronous standby
  Local,       // it is on the primary's disk: a failover may lose it
};

struct StoreConfig {
  /// libpq's: keywords or a URL, perhaps with several hosts, of which the primary is found.
  std::string conninfo;
  /// What that database is to hold.
  Part part;
  /// A standby that may answer pages with a floor; empty: none.
  std::string standby_conninfo;
  /// Of the cluster: no two stores of one database have the same, and one that starts again has its own.
  std::uint16_t node = 0;
  /// To which rooms are spread. Each has one transaction under way; the server merges their fsyncs.
  std::uint32_t connections = 4;
  /// Of the primary, for reads.
  std::uint32_t readers = 2;
  Durability durability = Durability::Replicated;
  /// While many come, reads of rooms go so long after the last ones, and those of users twice as long: when everybody is
  /// back at once, each query that is saved brings them all forward.
  std::chrono::milliseconds gather{250};
};

}  // namespace starling::postgres
