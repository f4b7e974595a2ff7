// Several real starlingd that share a database: a cluster on free ports, each node in a directory of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/server/server_process.h"
#include "tests/support/postgres/database.h"

namespace starling::test {

class Nodes {
 public:
  /// `sections`: more of each configuration.
  explicit Nodes(std::uint16_t count, const std::string& sections = {});

  ServerProcess& operator[](std::size_t node) { return *nodes_[node]->server; }
  support::Sql& sql() { return database_.sql(); }
  /// Another key than its peers know.
  void forge_key(std::size_t node);

 private:
  struct Each {
    TempDir dir;
    std::unique_ptr<ServerProcess> server;
  };

  support::Database database_;
  std::vector<std::unique_ptr<Each>> nodes_;
};

}  // namespace starling::test
