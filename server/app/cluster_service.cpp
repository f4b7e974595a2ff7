#include "server/app/cluster_service.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "common/wire/event.h"
#include "server/app/peer_text.h"
#include "server/auth/key_files.h"
#include "server/ports/numbering.h"

namespace starling::app {
namespace {

void warn(const std::string& line) { spdlog::warn("{}", line); }

bus::Shards shards_of(std::uint16_t node) {
  return {.first = ShardId(static_cast<std::uint16_t>(node * ports::kShardsPerNode)), .count = ports::kShardsPerNode};
}

bus::Key bytes_of(const std::array<unsigned char, 32>& key) {
  bus::Key bytes{};
  std::ranges::copy(key, bytes.begin());
  return bytes;
}

Result<bus::Peers, std::string> peers_of(const Config& config) {
  bus::Peers peers;
  for (const std::string& line : config.cluster.peers) {
    auto peer = parse_peer(line);
    if (!peer) return tl::unexpected(peer.error());
    if (peer->node == config.runtime.node) continue;
    const auto key = auth::parse_bus_public(peer->key);
    if (!key) return tl::unexpected(fmt::format("the key of node {}: {}", peer->node, key.error().message));
    peers.push_back({.name = fmt::format("node {}", peer->node),
                     .shards = shards_of(peer->node),
                     .endpoint = std::move(peer->endpoint),
                     .public_key = bytes_of(key->bytes)});
  }
  return peers;
}

Result<std::unique_ptr<bus::Bus>, StartError> open_bus(const Config& config, runtime::Node& node) {
  const auto key = auth::load_bus_secret(config.keys_dir());
  if (!key) return tl::unexpected(key.error().message);
  auto peers = peers_of(config);
  if (!peers) return tl::unexpected(StartError("cluster.peers: " + peers.error()));
  return bus::Bus::start(
      {.cluster = wire::body_hash(config.cluster.name),
       .shards = shards_of(*config.runtime.node),
       .listen = config.cluster.listen,
       .public_key = bytes_of(auth::public_half(*key).bytes),
       .secret_key = bytes_of(key->bytes)},
      std::move(*peers),
      {.deliver = [&node](ShardId to, ports::Envelope&& envelope) { return node.deliver(to, std::move(envelope)); },
       .warn = warn});
}

Result<std::string, std::string> password_in(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path);
  std::string password;
  if (!std::getline(file, password)) {
    return tl::unexpected(
        fmt::format("directory.password_file: cannot read a line of {}; check the path and its owner", path));
  }
  return password;
}

Result<directory::Address, std::string> address_in(const std::string& text) {
  auto server = parse_server(text);
  if (!server) return tl::unexpected("directory: " + server.error());
  return directory::Address{.host = std::move(server->host), .port = server->port};
}

Result<directory::Config, std::string> directory_config(const Config& config) {
  auto password = password_in(config.directory.password_file);
  if (!password) return tl::unexpected(password.error());
  directory::Config out{.master = config.directory.master,
                        .user = config.directory.user,
                        .password = std::move(*password),
                        .prefix = config.cluster.name + ":"};
  if (!config.directory.server.empty()) {
    auto server = address_in(config.directory.server);
    if (!server) return tl::unexpected(server.error());
    out.server = std::move(*server);
  }
  for (const std::string& text : config.directory.sentinels) {
    auto sentinel = address_in(text);
    if (!sentinel) return tl::unexpected(sentinel.error());
    out.sentinels.push_back(std::move(*sentinel));
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<ClusterService>, StartError> ClusterService::open(const Config& config, runtime::Node& node) {
  std::unique_ptr<ClusterService> service(new ClusterService);
  if (!config.runtime.node) return service;
  auto bus = open_bus(config, node);
  if (!bus) return tl::unexpected(bus.error());
  service->bus_ = std::move(*bus);
  if (!config.directory.is_used()) return service;
  auto settings = directory_config(config);
  if (!settings) return tl::unexpected(settings.error());
  service->directory_ = std::make_unique<directory::Directory>(
      std::move(*settings),
      directory::Directory::Callbacks{
          .answer = [&node](ShardId shard, ports::TailRead&& read) { node.tail_read(shard, std::move(read)); },
          .warn = warn});
  return service;
}

runtime::BusLink ClusterService::bus() {
  return {.post = [bus = bus_.get()](ports::Post&& post) { bus->post(std::move(post)); },
          .hears = [bus = bus_.get()](std::uint16_t node) { return bus->is_heard_by(shards_of(node).first); }};
}

runtime::DirectoryLink ClusterService::directory() {
  return {.submit = [directory = directory_.get()](ShardId shard, ports::DirectoryOp&& op) {
    directory->submit(shard, std::move(op));
  }};
}

std::string ClusterService::metrics() const {
  return (bus_ ? bus_->metrics() : std::string()) + (directory_ ? directory_->metrics() : std::string());
}

}  // namespace starling::app
