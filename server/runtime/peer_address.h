// From where a connection comes.
#pragma once

#include <string>

namespace starling::runtime {

/// As text, of IPv4 also when it came through an IPv6 socket; empty when the connection has gone.
std::string address_of_peer(int fd);

}  // namespace starling::runtime
