// The hosts that a conninfo names, of which one is the primary.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace starling::postgres {

struct Host {
  std::string name;
  std::string address;  // empty: the name's
  std::string port;     // empty: libpq's
};
using Hosts = std::vector<Host>;

/// What it says of a keyword; empty: nothing, or libpq has something to say against how it does.
std::string value_in(const std::string& conninfo, std::string_view keyword);
/// In their order. None: it names none, or libpq has something to say against how it does.
Hosts hosts_in(const std::string& conninfo);

}  // namespace starling::postgres
