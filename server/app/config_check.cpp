#include <arpa/inet.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "server/app/config_file.h"
#include "server/app/peer_text.h"

namespace starling::app {
namespace {

bool is_address(const std::string& text) {
  in6_addr any{};
  return ::inet_pton(AF_INET, text.c_str(), &any) == 1 || ::inet_pton(AF_INET6, text.c_str(), &any) == 1;
}
/// As the address of a connection is spelt; empty: it is none.
std::string canonical(const std::string& text) {
  std::array<char, INET6_ADDRSTRLEN> spelt{};
  in6_addr address{};
  if (::inet_pton(AF_INET, text.c_str(), &address) == 1) return text;
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return {};
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&address);
  ::inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? &address.s6_addr[12] : &address.s6_addr[0], spelt.data(),
              spelt.size());
  return spelt.data();
}
bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

bool is_origin(const std::string& origin) {
  const auto scheme = origin.find("://");
  if (scheme == std::string::npos) return false;
  const std::string_view host = std::string_view(origin).substr(scheme + 3);
  return (origin.starts_with("https://") || origin.starts_with("http://")) && !host.empty() &&
         host.find_first_of("/?#*@ ") == std::string_view::npos;
}

/// Goes into links between "starling://" and a path.
bool is_public_name(const std::string& name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':' || c == '[' || c == ']';
  });
}

class Checks {
 public:
  Checks(ParsedConfig& parsed, ServerFiles files) : p_(parsed), files_(files) {}

  void run() {
    const Config& c = p_.config;
    const runtime::Config& r = c.runtime;
    require("server.listen", is_address(r.address),
            fmt::format("'{}' is not an IP address; try \"127.0.0.1\" or \"0.0.0.0\"", r.address));
    require(r.tls.certificate.empty() ? "tls.key" : "tls.certificate", r.tls.certificate.empty() == r.tls.key.empty(),
            "tls.certificate and tls.key go together; set both or none");
    readable("tls.certificate", r.tls.certificate);
    readable("tls.key", r.tls.key);
    require("server.listen", !is_address(r.address) || is_loopback(r.address) || r.tls.enabled() || r.behind_proxy,
            fmt::format("{} is reachable from other hosts, and there is no TLS; set tls.certificate and tls.key, or "
                        "server.behind_proxy = true when a proxy ends TLS, or listen on 127.0.0.1",
                        r.address));
    for (const std::string& origin : r.origins) {
      require("server.origins", is_origin(origin),
              fmt::format("'{}' is not scheme://host[:port]; no path, no wildcard", origin));
    }
    for (std::string& address : p_.config.runtime.metrics_from) {
      const std::string spelt = canonical(address);
      require("server.metrics_from", !spelt.empty(), fmt::format("'{}' is not an IP address", address));
      if (!spelt.empty()) address = spelt;
    }
    require("server.public_name", is_public_name(c.accounts.public_name),
            fmt::format("'{}' is not host or host:port, as in \"chat.example.org:443\"", c.accounts.public_name));
    require("runtime.flush_delay_min_us",
            r.flush_delay_min <= r.flush_delay_max || r.flush_delay_max == Duration::zero(),
            "above runtime.flush_delay_max_us; lower it");
    require("timeouts.ping_after_s", r.timeouts.ping_after < r.timeouts.dead_after,
            "must be below timeouts.dead_after_s, or no ping can be answered in time");
    require("limits.outbox_bytes_soft", c.core.outbox_bytes_soft < c.core.outbox_bytes_hard,
            "must be below limits.outbox_bytes_hard");
    check_cluster(c);
    require("server.data_dir", !c.data_dir.empty(), "empty; name a directory");
    std::ranges::stable_sort(p_.errors, {}, &ConfigError::line);
  }

 private:
  void check_cluster(const Config& c) {
    const bool clustered = c.runtime.node.has_value();
    require("cluster.node", clustered == c.store.is_shared(),
            clustered
                ? "a node of several shares its store with them; set store.postgres, or cluster.node = -1"
                : "store.postgres is set, and what shares a store must be told apart; give this node a number, even if "
                  "there is no other");
    require("store.rooms", c.store.rooms.empty() || c.store.is_shared(),
            "the rooms' databases belong to people's; name theirs in store.postgres");
    require(
        "store.standby", c.store.rooms.empty() || c.store.standby.empty(),
        "pages of history are in the databases of store.rooms, and only store.postgres may have a standby here; leave "
        "it out");
    require("cluster.listen", !clustered || is_bus_endpoint(c.cluster.listen),
            fmt::format("'{}' is not tcp://ADDRESS:PORT; other nodes reach this one there", c.cluster.listen));
    require("cluster.name", !c.cluster.name.empty(), "empty; give the cluster a name");
    require("cluster.peers", clustered || c.cluster.peers.empty(),
            "there are peers, and this is no node; set cluster.node");
    require("directory", clustered || !c.directory.is_used(),
            "only the nodes of a cluster share a cache; set cluster.node, or leave [directory] away");
    std::set<std::string> seen;
    for (const std::string& line : c.cluster.peers) {
      const auto peer = parse_peer(line);
      require("cluster.peers", peer.has_value(), peer.has_value() ? std::string() : peer.error());
      if (!peer) continue;
      const auto once = [&](const std::string& what) {
        require("cluster.peers", seen.insert(what).second, fmt::format("{} stands in two lines", what));
      };
      once(fmt::format("node {}", peer->node));
      once(peer->key);
    }
    server("directory.server", c.directory.server);
    for (const std::string& sentinel : c.directory.sentinels) server("directory.sentinels", sentinel);
    readable("directory.password_file", c.directory.password_file);
  }
  void server(const std::string& key, const std::string& text) {
    const Result<ServerText, std::string> parsed = text.empty() ? ServerText() : parse_server(text);
    require(key, parsed.has_value(), parsed.has_value() ? std::string() : parsed.error());
  }
  void require(const std::string& key, bool holds, const std::string& message) {
    if (holds) return;
    const auto line = p_.lines.find(key);
    p_.errors.push_back({line == p_.lines.end() ? 0 : line->second, fmt::format("{}: {}", key, message)});
  }
  void readable(const std::string& key, const std::string& path) {
    require(key, files_ == ServerFiles::NotNeeded || path.empty() || ::access(path.c_str(), R_OK) == 0,
            fmt::format("cannot read {}; check the path and its permissions", path));
  }

  ParsedConfig& p_;
  ServerFiles files_;
};

}  // namespace

void check_config(ParsedConfig& parsed, ServerFiles files) { Checks(parsed, files).run(); }

ParsedConfig load_config(const std::string& path, ServerFiles files) {
  if (path.empty()) return {};
  std::ifstream file(path);
  std::ostringstream text;
  // A folder opens, and only reading it fails.
  const bool something = file.peek() != std::ifstream::traits_type::eof();
  if (something) text << file.rdbuf();
  if (!file.is_open() || file.bad() || !text) {
    ParsedConfig unread;
    unread.errors.push_back(
        {0, fmt::format("cannot read it: {}; check the path given with --config", std::strerror(errno))});
    return unread;
  }
  ParsedConfig parsed = parse_config(text.str());
  check_config(parsed, files);
  return parsed;
}

std::string format_errors(const std::string& path, const std::vector<ConfigError>& errors) {
  std::string out;
  for (const ConfigError& error : errors) {
    out += error.line == 0 ? fmt::format("{}: {}\n", path, error.message)
                           : fmt::format("{}:{}: {}\n", path, error.line, error.message);
  }
  return out;
}

}  // namespace starling::app
