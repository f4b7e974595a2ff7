#include "server/ctl/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/ctl/units.h"
#include "server/store/sqlite/limits.h"

namespace starling::ctl {
namespace {

using enum Verdict;

/// The server asks for this long a queue of connections that wait to be taken (runtime/listener.cpp).
constexpr std::int64_t kBacklog = 4096;
/// A reconnect of everybody is as many handshakes at once; SYN cookies, which come beyond it, cost options of TCP.
constexpr std::int64_t kSynBacklogMin = 1024;
/// Of one connection, the kernel's part included, with room for its outbox (docs/BENCHMARKS.md).
constexpr std::uint64_t kConnectionBytes = 32 * 1024;
constexpr std::uint64_t kBaseBytes = std::uint64_t{256} << 20;
/// A commit waits for an fsync: above, the slowest of a busy room's would be felt.
constexpr std::chrono::microseconds kSyncSlow{25'000};
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kRenewDays = 14;
/// Earlier than this program, or later than anybody's certificate.
constexpr std::int64_t kClockMin = 1'735'689'600;  // 2025-01-01
constexpr std::int64_t kClockMax = 4'102'444'800;  // 2100-01-01

std::uint64_t connections_of(const Descriptors& found, const app::Config& config) {
  if (config.runtime.connections_max != 0) return config.runtime.connections_max;
  constexpr std::uint64_t kMost = 1'000'000;  // runtime/node.cpp
  return std::min(found.hard, kMost);
}

}  // namespace

std::vector<Finding> judge_config(const std::string& path, const std::vector<app::ConfigError>& errors) {
  const std::string name = path.empty() ? "the shipped configuration" : path;
  if (errors.empty()) return {{.what = "config", .text = fmt::format("{} has no error", name), .fix = {}}};
  std::vector<Finding> findings;
  for (const app::ConfigError& error : errors) {
    const std::string at = error.line == 0 ? name : fmt::format("{}:{}", name, error.line);
    findings.push_back({.what = "config",
                        .verdict = Fail,
                        .text = fmt::format("{}: {}", at, error.message),
                        .fix = fmt::format("starlingd --config {} --check-config shows all of them", name)});
  }
  return findings;
}

Finding judge_descriptors(const Descriptors& found, const app::Config& config, std::uint32_t cores) {
  const std::uint32_t shards = config.runtime.shards != 0 ? config.runtime.shards : cores;
  const std::uint64_t reserve = runtime::reserved_descriptors(shards);
  // The server raises its soft limit to the hard one.
  const std::uint64_t room = found.hard > reserve ? found.hard - reserve : 0;
  const std::string whose = found.server != 0 ? fmt::format("the server (process {})", found.server) : "this shell";
  const std::uint64_t wanted = config.runtime.connections_max;
  Finding finding{.what = "descriptors",
                  .text = fmt::format("{} of {}, {} soft: room for {} connections", grouped(found.hard), whose,
                                      grouped(found.soft), grouped(room)),
                  .fix = {}};
  const std::uint64_t need = std::max<std::uint64_t>(wanted, 1000) + reserve;
  if (wanted > room || room < 1000) {
    // With fewer the server does not start.
    finding.verdict = found.hard <= std::uint64_t{2} * reserve ? Fail : Warn;
    if (wanted > room) finding.text += fmt::format(", runtime.connections_max asks for {}", grouped(wanted));
    finding.fix =
        fmt::format("systemctl edit starlingd, with [Service] LimitNOFILE={}; from a shell: ulimit -Hn {}", need, need);
  }
  return finding;
}

Finding judge_backlog(std::optional<std::int64_t> somaxconn) {
  if (!somaxconn) return {.what = "backlog", .text = "net.core.somaxconn cannot be read here", .fix = {}};
  Finding finding{.what = "backlog", .text = fmt::format("net.core.somaxconn is {}", *somaxconn), .fix = {}};
  if (*somaxconn < kBacklog) {
    finding.verdict = Warn;
    finding.text += fmt::format(", below {}: when everybody reconnects, connections are dropped", kBacklog);
    finding.fix = fmt::format(
        "sysctl -w net.core.somaxconn={0}; for good: echo net.core.somaxconn={0} > "
        "/etc/sysctl.d/60-starling.conf",
        kBacklog);
  }
  return finding;
}

Finding judge_syn_backlog(std::optional<std::int64_t> entries) {
  if (!entries) return {.what = "syn", .text = "net.ipv4.tcp_max_syn_backlog cannot be read here", .fix = {}};
  Finding finding{.what = "syn", .text = fmt::format("net.ipv4.tcp_max_syn_backlog is {}", *entries), .fix = {}};
  if (*entries < kSynBacklogMin) {
    finding.verdict = Warn;
    finding.text += fmt::format(", below {}: handshakes of many at once are thrown away", kSynBacklogMin);
    finding.fix = fmt::format(
        "sysctl -w net.ipv4.tcp_max_syn_backlog={0}; for good: echo "
        "net.ipv4.tcp_max_syn_backlog={0} >> /etc/sysctl.d/60-starling.conf",
        kSynBacklogMin * 4);
  }
  return finding;
}

Finding judge_local_ports(std::optional<PortRange> range, bool behind_proxy) {
  if (!range) return {.what = "ports", .text = "net.ipv4.ip_local_port_range cannot be read here", .fix = {}};
  const std::int64_t count = range->last - range->first + 1;
  constexpr std::int64_t kEnough = 20'000;
  Finding finding{
      .what = "ports",
      .text = fmt::format("{} local ports: the connections of a proxy, or of a load generator, on this host",
                          grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(0, count)))),
      .fix = {}};
  if (count < kEnough && behind_proxy) {
    finding.verdict = Warn;
    finding.fix = "sysctl -w net.ipv4.ip_local_port_range='10240 65535', unless the proxy is on another host";
  }
  return finding;
}

Finding judge_overcommit(std::optional<std::int64_t> mode) {
  if (mode != 2) return {.what = "overcommit", .text = "memory is promised as usual", .fix = {}};
  return {.what = "overcommit",
          .verdict = Warn,
          .text =
              "vm.overcommit_memory is 2: stacks of threads and caches that are only promised count as used, and the "
              "server may be refused memory that is free",
          .fix = "sysctl -w vm.overcommit_memory=0"};
}

Finding judge_clock(bool synchronised, std::int64_t now_s) {
  if (now_s < kClockMin || now_s > kClockMax) {
    return {.what = "clock",
            .verdict = Fail,
            .text = "the clock is years off: no token would be valid",
            .fix = "timedatectl set-ntp true, or date -s '2026-01-31 12:00'"};
  }
  if (synchronised) return {.what = "clock", .text = "synchronised", .fix = {}};
  return {.what = "clock",
          .verdict = Warn,
          .text = "nobody tells the kernel the time: tokens expire, and messages are stamped, as it drifts",
          .fix = "timedatectl set-ntp true (or install chrony; a container follows its host)"};
}

Finding judge_entropy(bool ready) {
  if (ready) return {.what = "entropy", .text = "random numbers come at once", .fix = {}};
  return {.what = "entropy",
          .verdict = Fail,
          .text = "the kernel has no random numbers yet: the start would hang",
          .fix = "wait, or give the machine a source: modprobe virtio-rng, or apt-get install rng-tools5"};
}

Finding judge_memory(const Memory& memory, const Descriptors& descriptors, const app::Config& config) {
  const std::uint64_t connections = connections_of(descriptors, config);
  const std::uint64_t need = kBaseBytes + connections * kConnectionBytes;
  Finding finding{.what = "memory",
                  .text = fmt::format("{}, {} available", in_bytes(memory.total), in_bytes(memory.available)),
                  .fix = {}};
  if (memory.total != 0 && need > memory.total) {
    const std::uint64_t fits = memory.total > kBaseBytes ? (memory.total - kBaseBytes) / kConnectionBytes : 0;
    finding.verdict = Warn;
    finding.text += fmt::format("; {} connections may need {}", grouped(connections), in_bytes(need));
    finding.fix =
        fmt::format("in the configuration, [runtime] connections_max = {}", std::max<std::uint64_t>(fits, 100));
  }
  return finding;
}

Finding judge_cores(std::uint32_t cores, std::uint32_t shards) {
  Finding finding{
      .what = "cores", .text = fmt::format("{}, {} shards", cores, shards != 0 ? shards : cores), .fix = {}};
  if (shards > cores) {
    finding.verdict = Warn;
    finding.text += ": shards wait for each other";
    finding.fix = "in the configuration, [runtime] shards = 0 (one a core)";
  }
  return finding;
}

Finding judge_space(const std::string& data_dir, std::optional<store::Space> space, std::uint32_t percent_min) {
  if (!space)
    return {.what = "space", .text = fmt::format("the free space of {} cannot be told yet", data_dir), .fix = {}};
  const std::uint64_t floor = std::max(store::limits::kFreeBytesMin, space->total / 100 * percent_min);
  Finding finding{
      .what = "space",
      .text = fmt::format("{} of {} free below {}", in_bytes(space->free), in_bytes(space->total), data_dir),
      .fix = {}};
  if (space->free < floor) {
    finding.verdict = Fail;
    finding.text += fmt::format(", less than {}: /readyz answers 503", in_bytes(floor));
    finding.fix =
        "free some, put server.data_dir on a larger disk, or cut old messages: starlingctl retention "
        "--older-than 365d";
  }
  return finding;
}

Finding judge_file_system(const std::string& data_dir, FileSystem found) {
  switch (found) {
    case FileSystem::Local:
      return {.what = "filesystem", .text = fmt::format("{} is on a local disk", data_dir), .fix = {}};
    case FileSystem::Memory:
      return {.what = "filesystem",
              .verdict = Warn,
              .text = fmt::format("{} is in memory: a reboot loses everything", data_dir),
              .fix = "set server.data_dir to a directory on a disk"};
    case FileSystem::Network:
      return {
          .what = "filesystem",
          .verdict = Fail,
          .text = fmt::format("{} is on a network file system: SQLite's WAL needs shared memory and locks", data_dir),
          .fix = "set server.data_dir to a directory on a local disk"};
    case FileSystem::User:
      return {
          .what = "filesystem",
          .verdict = Warn,
          .text = fmt::format("{} is on a FUSE file system: whether a sync is one is its author's to say", data_dir),
          .fix = "set server.data_dir to a directory on a local disk"};
  }
  return {};
}

Finding judge_sync(const std::string& data_dir, std::optional<std::chrono::microseconds> median) {
  if (!median)
    return {.what = "sync",
            .verdict = Fail,
            .text = fmt::format("nothing can be written to {}", data_dir),
            .fix = fmt::format("chown it to the server's user: chown -R starling: {}", data_dir)};
  Finding finding{
      .what = "sync",
      .text = fmt::format("a write is on the disk after {:.1f} ms", static_cast<double>(median->count()) / 1000),
      .fix = {}};
  if (*median > kSyncSlow) {
    finding.verdict = Warn;
    finding.text += ": every acknowledgement waits for one";
    finding.fix = "set server.data_dir to a faster disk (an SSD syncs in 0.1 to 5 ms)";
  }
  return finding;
}

Finding judge_ownership(const std::string& path, const Ownership& found, uid_t self, bool secret) {
  if (!found.exists) return {.what = "owner", .text = fmt::format("{} is made at the first start", path), .fix = {}};
  Finding finding{
      .what = "owner", .text = fmt::format("{} is user {}'s, mode {:04o}", path, found.owner, found.mode), .fix = {}};
  if ((found.mode & 077) != 0) {
    finding.verdict = secret ? Fail : Warn;
    finding.text += ": others can look into it";
    finding.fix = fmt::format("chmod {} {}", secret ? "0400" : "0700", path);
  } else if (self != 0 && found.owner != self) {
    finding.verdict = Warn;
    finding.text += fmt::format(", and this is user {}", self);
    finding.fix = fmt::format("run this as its owner: sudo -u '#{}' starlingctl doctor", found.owner);
  }
  return finding;
}

Finding judge_certificate(const app::Config& config, const Certificate& found, std::int64_t now_s) {
  const runtime::TlsConfig& tls = config.runtime.tls;
  if (!tls.enabled()) return {.what = "tls", .text = "is ended elsewhere, or not used on loopback", .fix = {}};
  const std::string renew = fmt::format("renew {}, then: systemctl restart starlingd", tls.certificate);
  if (!found.readable) {
    return {.what = "tls",
            .verdict = Fail,
            .text = fmt::format("{} is no readable PEM certificate", tls.certificate),
            .fix = renew};
  }
  if (!found.key_fits) {
    return {
        .what = "tls",
        .verdict = Fail,
        .text = fmt::format("{} is not the key of {}, or cannot be read by this user", tls.key, tls.certificate),
        .fix = fmt::format("set tls.key to the certificate's own, owned by the server's user: chmod 0400 {}", tls.key)};
  }
  const std::int64_t days = (found.expires_s - now_s) / kDay;
  if (found.expires_s <= now_s)
    return {.what = "tls", .verdict = Fail, .text = "the certificate has expired", .fix = renew};
  Finding finding{.what = "tls", .text = fmt::format("the certificate is good for {} days", days), .fix = {}};
  if (days < kRenewDays) {
    finding.verdict = Warn;
    finding.fix = renew;
  }
  return finding;
}

}  // namespace starling::ctl
