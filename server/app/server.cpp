#include "server/app/server.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "common/base/start_error.h"
#include "server/app/account_service.h"
#include "server/app/cluster_log.h"
#include "server/app/cluster_service.h"
#include "server/app/exit_codes.h"
#include "server/app/log.h"
#include "server/app/search_service.h"
#include "server/app/service_notify.h"
#include "server/app/signals.h"
#include "server/app/spare_memory.h"
#include "server/app/store_service.h"
#include "server/app/watchdog.h"
#include "server/auth/authenticator.h"
#include "server/auth/key_files.h"
#include "server/runtime/core_driver.h"
#include "server/runtime/node.h"
#include "server/store/postgres/seat.h"
#include "server/store/sqlite/data_dir.h"

namespace starling::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLookAround = 100ms;

/// Everything that runs, destroyed in reverse: the API's last calls find store and search, the store's last completions the
/// node's mailboxes, its last commits the search; what the other nodes said last, the node.
struct Running {
  Running(store::DataDir dir, auth::Authenticator verifier)
      : data_dir(std::move(dir)), authenticator(std::move(verifier)) {}
  /// Its shards call what is destroyed before them.
  ~Running() {
    if (node) node->stop();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  store::DataDir data_dir;
  auth::Authenticator authenticator;
  auth::RevokedDevices revoked;
  accounts::StoreCalls calls;
  std::unique_ptr<runtime::Node> node;
  std::unique_ptr<ClusterService> cluster;
  std::unique_ptr<SearchService> search;
  std::unique_ptr<StoreService> store;
  std::unique_ptr<AccountService> accounts;
};

Result<auth::Authenticator, std::string> open_keys(const Config& config) {
  auth::init_crypto();
  // The nodes of a cluster have the same ones: who made its own would sign everybody out who comes to it.
  if (!config.runtime.node) {
    if (auto made = auth::ensure_keys(config.keys_dir()); !made) return tl::unexpected(made.error().message);
  }
  auto keys = auth::load_server_keys(config.keys_dir());
  if (!keys) return tl::unexpected(keys.error().message);
  return auth::Authenticator(std::move(*keys));
}

/// Written beside and renamed, so that a reader never sees half of it.
bool write_port_file(const std::string& path, std::uint16_t port) {
  const std::string draft = path + ".new";
  std::ofstream out(draft);
  out << port << '\n';
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(draft, path, error);
  return out && !error;
}

Result<std::unique_ptr<Running>, StartError> start(const Config& config, const std::string& port_file) {
  if (config.runtime.node) postgres::name_connections(*config.runtime.node);
  auto data_dir = store::DataDir::open(config.data_dir);
  if (!data_dir) return tl::unexpected(data_dir.error());
  auto authenticator = open_keys(config);
  if (!authenticator) return tl::unexpected(authenticator.error());
  auto running = std::make_unique<Running>(std::move(*data_dir), std::move(*authenticator));

  core::Config core = config.core;
  core.shared_tails = config.runtime.node && config.directory.is_used();
  auto node = runtime::Node::create(config.runtime, core, running->authenticator);
  if (!node) return tl::unexpected(node.error());
  running->node = std::move(*node);
  auto cluster = ClusterService::open(config, *running->node);
  if (!cluster) return tl::unexpected(cluster.error());
  running->cluster = std::move(*cluster);
  running->search = std::make_unique<SearchService>(config);
  auto store = StoreService::open(config, *running->node, running->calls, running->search->committed());
  if (!store) return tl::unexpected(store.error());
  running->store = std::move(*store);
  auto accounts = AccountService::open(config, running->calls, running->authenticator, running->revoked,
                                       *running->search, *running->node);
  if (!accounts) return tl::unexpected(accounts.error());
  running->accounts = std::move(*accounts);
  running->search->start();
  // Before anything runs: who connects by it waits in the backlog for a moment.
  if (!port_file.empty() && !write_port_file(port_file, running->node->port())) {
    return tl::unexpected(fmt::format("cannot write --port-file {}; check the directory and its space", port_file));
  }
  runtime::StoreLink link = running->store->link();
  link.metrics = [store = std::move(link.metrics), search = running->search.get(), cluster = running->cluster.get()] {
    return store() + search->metrics() + cluster->metrics();
  };
  running->node->start(std::move(link), running->accounts->link(), running->cluster->bus(),
                       running->cluster->directory());
  running->accounts->start();
  return running;
}

/// As often as the service manager wants to hear it, while every shard turns.
void tell_alive(Watchdog& watchdog, const Running& running) {
  if (watchdog.due(runtime::steady_now(), running.node->turns())) service_notify("WATCHDOG=1");
}

/// Until all sessions have moved, the grace is over, a second signal comes, or the store fails.
void drain(const Config& config, StopSignals& signals, Watchdog& watchdog, Running& running) {
  spdlog::info("draining; a second signal stops at once");
  service_notify("STOPPING=1\nSTATUS=draining");
  running.node->drain();
  const auto deadline = std::chrono::steady_clock::now() + config.drain_grace;
  while (!running.node->drained() && !running.node->put_out() && !running.store->failed()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      spdlog::warn("the grace of {} s is over; connections that are left are cut",
                   std::chrono::duration_cast<std::chrono::seconds>(config.drain_grace).count());
      return;
    }
    if (signals.wait(kLookAround)) {
      spdlog::warn("second signal; connections that are left are cut");
      return;
    }
    tell_alive(watchdog, running);
  }
}

int serve(const Config& config, StopSignals& signals, Running& running) {
  SpareMemory spare;
  Watchdog watchdog(watchdog_interval());
  ClockLog clock;
  IsolationLog isolation;
  bool ready = false;
  bool asked_to_stop = false;
  while (!asked_to_stop && !running.store->failed() && !running.node->put_out()) {
    asked_to_stop = signals.wait(kLookAround);
    clock.look(running.node->clock_apart());
    isolation.look(runtime::steady_now(), running.node->why_isolated());
    // A node of several has its place in the view now: who starts them anew one by one may go on to the next.
    if (!ready && !running.node->turns().empty() && running.node->why_isolated().empty()) {
      ready = true;
      service_notify("READY=1\nSTATUS=serving");
    }
    tell_alive(watchdog, running);
    if (spare.due(runtime::steady_now(), running.store->reads())) {
      spdlog::debug("gave {} bytes of memory back", give_back_spare_memory());
    }
  }
  if (running.node->put_out()) {
    running.node->stop();
    return explain_put_out(config, *running.node);
  }
  if (asked_to_stop) drain(config, signals, watchdog, running);
  // What it failed at in the grace has been promised to nobody either, but the operator must hear of it.
  const bool failed = running.store->failed();
  if (failed) {
    spdlog::critical("the store has stopped: {}; nothing unacknowledged was promised, start again",
                     running.store->why());
  }
  running.node->stop();
  if (!failed) spdlog::info("stopped");
  return failed ? kExitStoreFailed : kExitOk;
}

}  // namespace

int run_server(const Config& config, const std::string& port_file) {
  StopSignals signals;
  start_log(config.log_level);
  auto running = start(config, port_file);
  if (!running) {
    spdlog::error("{}", running.error().text);
    return running.error().passes ? kExitTryAgain : kExitBadStart;
  }
  spdlog::info("serving {}://{}:{}/v1/ws with {} shards, data in {}", config.runtime.tls.enabled() ? "wss" : "ws",
               config.runtime.address, (*running)->node->port(), (*running)->node->shards(), config.data_dir);
  return serve(config, signals, **running);
}

}  // namespace starling::app
