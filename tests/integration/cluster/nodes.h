// Several real starlingd that share a database: a cluster on free ports, each node in a directory of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/server/server_process.h"
#include "tests/support/postgres/database.h"

namespace starling::test {

class Nodes {
 public:
  /// `sections`: more of each configuration. `conninfo`: of the database; empty: one of the server that tests share.
  explicit Nodes(std::uint16_t count, const std::string& sections = {}, const std::string& conninfo = {});

  ServerProcess& operator[](std::size_t node) { return *nodes_[node]->server; }
  support::Sql& sql() { return *sql_; }
  std::uint16_t bus_port(std::size_t node) const { return nodes_[node]->bus_port; }
  /// Another key than its peers know, until it is given back.
  void forge_key(std::size_t node);
  void give_key_back(std::size_t node);
  /// All but the node's own of the bus.
  void lose_shared_keys(std::size_t node);

  /// A process with a node's configuration and keys, and a directory and ports of its own: somebody has copied the file.
  class Twin {
   public:
    ServerProcess& server() { return *server_; }

   private:
    friend class Nodes;
    TempDir dir_;
    std::unique_ptr<ServerProcess> server_;
  };
  std::unique_ptr<Twin> twin_of(std::size_t node);
  /// A node that does not run, until it ends by itself; with another database than its own, if one is given.
  Ended try_start(std::size_t node, const std::string& conninfo = {});

 private:
  struct Each {
    TempDir dir;
    std::uint16_t bus_port = 0;
    std::unique_ptr<ServerProcess> server;
  };
  std::string sections_of(std::uint16_t node, std::uint16_t bus_port) const;

  std::optional<support::Database> database_;
  std::string conninfo_;
  std::unique_ptr<support::Sql> own_sql_;
  support::Sql* sql_ = nullptr;
  std::string peers_;
  std::string sections_;
  std::vector<std::unique_ptr<Each>> nodes_;
};

}  // namespace starling::test
