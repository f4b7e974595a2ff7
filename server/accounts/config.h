// What an operator may tune in the account service.
#pragma once

#include <cstdint>
#include <string>

#include "server/ports/accounts.h"

namespace starling::accounts {

struct Config {
  ports::Admission registration = ports::Admission::Invited;
  /// host:port as clients name this server, in links; empty: as the request does.
  std::string public_name;
  /// One core hashes some twenty passwords a second, and is busy with nothing else while it does.
  std::uint32_t hash_threads = 1;
  /// Attempts to log in or to register, of one IPv4 address or IPv6 /64: a household behind one address stays below.
  std::uint32_t attempts_burst = 30;
  std::uint32_t attempts_per_minute = 20;
};

}  // namespace starling::accounts
