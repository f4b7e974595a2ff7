#include "server/store/postgres/hosts.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <sstream>

namespace starling::postgres {
namespace {

using List = std::vector<std::string>;

/// Where a list of ports leaves one out.
constexpr const char* kDefaultPort = "5432";

List split(const std::string& list) {
  List parts;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

/// One for all, or one for each.
std::string at(const List& list, std::size_t i) {
  if (list.empty()) return {};
  return list.size() == 1 ? list.front() : list[i];
}

}  // namespace

std::string value_in(const std::string& conninfo, std::string_view keyword) {
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  const std::unique_ptr<PQconninfoOption, Free> parsed(PQconninfoParse(conninfo.c_str(), nullptr));
  for (const PQconninfoOption* option = parsed.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr && keyword == option->keyword) return option->val;
  }
  return {};
}

Hosts hosts_in(const std::string& conninfo) {
  const List names = split(value_in(conninfo, "host"));
  const List addresses = split(value_in(conninfo, "hostaddr"));
  const List ports = split(value_in(conninfo, "port"));
  const std::size_t count = std::max(names.size(), addresses.size());
  const auto fits = [count](const List& list) { return list.empty() || list.size() == count; };
  if (!fits(names) || !fits(addresses) || (!fits(ports) && ports.size() != 1)) return {};
  Hosts hosts;
  for (std::size_t i = 0; i < count; ++i) {
    Host host{.name = at(names, i), .address = at(addresses, i), .port = at(ports, i)};
    if (!ports.empty() && host.port.empty()) host.port = kDefaultPort;
    hosts.push_back(std::move(host));
  }
  return hosts;
}

}  // namespace starling::postgres
