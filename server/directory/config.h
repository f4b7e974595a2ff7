// Where the directory's server is, and how to log in there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/ports/directory.h"

namespace starling::directory {

struct Address {
  std::string host;        // or the path of a unix socket
  std::uint16_t port = 0;  // 0: host is such a path
};
std::string text_of(const Address& address);

struct Config {
  Address server;                  // not looked at when there are sentinels
  std::vector<Address> sentinels;  // they say where the server is, by its name
  std::string master;
  std::string user = "default";
  std::string password;  // empty: none is asked for
  std::string prefix = "starling:";
  ports::TailLimits limits;
};

}  // namespace starling::directory
