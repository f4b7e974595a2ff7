// The one configuration tree of a server: parsed once, passed by const reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/accounts/config.h"
#include "server/core/config.h"
#include "server/runtime/config.h"

namespace starling::app {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

enum class Durability : std::uint8_t { Replicated, Local };

/// Where the log is kept.
struct StoreConfig {
  std::string postgres;            // how libpq reaches the primary; empty: SQLite in the data directory
  std::vector<std::string> rooms;  // the rooms' databases, over which they are spread; empty: they are there as well
  std::string standby;             // one that may answer pages of history
  std::uint32_t connections = 4;
  std::uint32_t readers = 2;
  Durability durability = Durability::Replicated;

  bool is_shared() const { return !postgres.empty(); }
};

/// How the nodes of a cluster, which share a PostgreSQL store, reach each other.
struct ClusterConfig {
  std::string name = "starling";
  std::string listen;              // tcp://ADDRESS:PORT
  std::vector<std::string> peers;  // as parse_peer() reads them
};

/// The cache that they share: Redis.
struct DirectoryConfig {
  std::string server;                  // HOST:PORT, or the path of a unix socket; empty: none
  std::vector<std::string> sentinels;  // HOST:PORT: they say where it is
  std::string master = "starling";     // by this name
  std::string user = "default";
  std::string password_file;

  bool is_used() const { return !server.empty() || !sentinels.empty(); }
};

struct Config {
  std::string data_dir = "starling-data";
  LogLevel log_level = LogLevel::Info;
  Duration drain_grace = std::chrono::seconds(60);
  std::uint32_t free_percent_min = 3;
  bool search = true;
  StoreConfig store;
  ClusterConfig cluster;
  DirectoryConfig directory;
  runtime::Config runtime;
  core::Config core;
  accounts::Config accounts;

  std::string database_path() const { return data_dir + "/starling.db"; }
  std::string search_path() const { return data_dir + "/search.db"; }
  std::string keys_dir() const { return data_dir + "/keys"; }
};

}  // namespace starling::app
