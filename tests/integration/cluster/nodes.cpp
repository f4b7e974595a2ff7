#include "tests/integration/cluster/nodes.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "server/auth/key_files.h"

namespace starling::test {
namespace {

namespace fs = std::filesystem;

/// Ports that nobody else has now.
std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<int> sockets;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < count; ++i) {
    sockets.push_back(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in at{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof at;
    if (::bind(sockets.back(), reinterpret_cast<const sockaddr*>(&at), size) != 0 ||
        ::getsockname(sockets.back(), reinterpret_cast<sockaddr*>(&at), &size) != 0) {
      throw std::runtime_error("no port is free");
    }
    ports.push_back(ntohs(at.sin_port));
  }
  for (const int each : sockets) ::close(each);
  return ports;
}

std::string make_bus_key(const fs::path& keys) {
  const auto key = auth::ensure_bus_key(keys);
  if (!key) throw std::runtime_error(key.error().message);
  return auth::text_of(*key);
}

fs::path keys_of(const TempDir& dir) { return dir.path() / "data" / "keys"; }

}  // namespace

Nodes::Nodes(std::uint16_t count, const std::string& sections, const std::string& conninfo) : sections_(sections) {
  auth::init_crypto();
  if (conninfo.empty()) {
    sql_ = &database_.emplace().sql();
    conninfo_ = database_->conninfo();
  } else {
    conninfo_ = conninfo;
    own_sql_ = std::make_unique<support::Sql>(conninfo);
    sql_ = own_sql_.get();
  }
  const std::vector<std::uint16_t> ports = free_ports(count);
  for (std::uint16_t i = 0; i < count; ++i) {
    nodes_.push_back(std::make_unique<Each>());
    nodes_.back()->bus_port = ports[i];
    const fs::path keys = keys_of(nodes_.back()->dir);
    fs::create_directory(keys.parent_path());
    // They take each other's tokens and tickets.
    if (i == 0) {
      if (const auto made = auth::ensure_keys(keys); !made) throw std::runtime_error(made.error().message);
    } else {
      fs::copy(keys_of(nodes_.front()->dir), keys);
      fs::permissions(keys, fs::perms::owner_all);
      fs::remove(keys / "bus.1.secret");
      fs::remove(keys / "bus.1.public");
    }
    peers_ +=
        "\"" + std::to_string(i) + " tcp://127.0.0.1:" + std::to_string(ports[i]) + " " + make_bus_key(keys) + "\",";
  }
  for (std::uint16_t i = 0; i < count; ++i) {
    nodes_[i]->server = std::make_unique<ServerProcess>(
        nodes_[i]->dir, ServerOptions{.server = {}, .sections = sections_of(i, ports[i])});
  }
}

std::string Nodes::sections_of(std::uint16_t node, std::uint16_t bus_port) const {
  return "[store]\npostgres = \"" + conninfo_ +
         "\"\ndurability = \"local\"\n[cluster]\nnode = " + std::to_string(node) +
         "\nlisten = \"tcp://127.0.0.1:" + std::to_string(bus_port) + "\"\npeers = [" + peers_ +
         "]\n[runtime]\nshards = 2\n" + sections_;
}

void Nodes::forge_key(std::size_t node) {
  const fs::path keys = keys_of(nodes_[node]->dir);
  fs::rename(keys / "bus.1.secret", keys / "bus.1.right");
  fs::remove(keys / "bus.1.public");
  make_bus_key(keys);
}

void Nodes::give_key_back(std::size_t node) {
  const fs::path keys = keys_of(nodes_[node]->dir);
  fs::rename(keys / "bus.1.right", keys / "bus.1.secret");
  fs::remove(keys / "bus.1.public");
}

void Nodes::lose_shared_keys(std::size_t node) {
  const fs::path keys = keys_of(nodes_[node]->dir);
  for (const char* name : {"token.1.secret", "token.1.public", "ticket.1.secret", "credential.1.secret"}) {
    if (!fs::remove(keys / name)) throw std::runtime_error(std::string("there is no ") + name);
  }
}

std::unique_ptr<Nodes::Twin> Nodes::twin_of(std::size_t node) {
  auto twin = std::make_unique<Twin>();
  const fs::path keys = keys_of(twin->dir_);
  fs::create_directory(keys.parent_path());
  fs::copy(keys_of(nodes_[node]->dir), keys);
  fs::permissions(keys, fs::perms::owner_all);
  twin->server_ = std::make_unique<ServerProcess>(
      twin->dir_,
      ServerOptions{.server = {}, .sections = sections_of(static_cast<std::uint16_t>(node), free_ports(1).front())});
  return twin;
}

Ended Nodes::try_start(std::size_t node, const std::string& conninfo) {
  const TempDir& dir = nodes_[node]->dir;
  std::string config = dir.read("starling.toml");
  if (!conninfo.empty()) config.replace(config.find(conninfo_), conninfo_.size(), conninfo);
  return run_starlingd(dir, {"--config", dir.write("once.toml", config)});
}

}  // namespace starling::test
