// What a run needs to know of the server's configuration file: everything else in it is the server's own business.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace starling::loadsim {

struct ServerConfig {
  std::string listen = "127.0.0.1:8008";
  std::string data_dir = "starling-data";
  std::uint16_t node = 0;    // its number in a cluster
  std::uint16_t shards = 0;  // as many as it has

  std::string keys_dir() const { return data_dir + "/keys"; }
};

/// The error names the file and the fix.
Result<ServerConfig, std::string> read_server_config(const std::string& path);

}  // namespace starling::loadsim
