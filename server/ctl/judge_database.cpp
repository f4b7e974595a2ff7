#include "server/ctl/judge_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "server/app/peer_text.h"
#include "server/ctl/units.h"
#include "server/search/limits.h"

namespace starling::ctl {
namespace {

using enum Verdict;

/// Beyond, a node warns as well (app/cluster_log.cpp).
constexpr std::chrono::milliseconds kClocksApart{5000};

Finding fails(std::string_view what, std::string text, std::string fix) {
  return {.what = what, .verdict = Fail, .text = std::move(text), .fix = std::move(fix)};
}
Finding warns(std::string_view what, std::string text, std::string fix) {
  return {.what = what, .verdict = Warn, .text = std::move(text), .fix = std::move(fix)};
}

Finding judge_standbys(const postgres::Checkup& found) {
  const std::string who = fmt::format("synchronous_standby_names is '{}'", found.synchronous_standby_names);
  if (found.standbys_awaited == 0) {
    return fails(
        "durability", "no commit waits for a standby, and store.durability wants one: the store does not open",
        "on the primary: ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (a, b)'; SELECT pg_reload_conf(); "
        "or store.durability = \"local\" here");
  }
  if (found.standbys_hidden) {
    return warns("durability", fmt::format("{}; role {} may not see who follows", who, found.role),
                 fmt::format("GRANT pg_monitor TO {}", found.role));
  }
  if (found.standbys_there < found.standbys_awaited) {
    return fails("durability",
                 fmt::format("{}, and {} of the {} that a commit waits for follow: nothing is acknowledged", who,
                             found.standbys_there, found.standbys_awaited),
                 "start them; SELECT application_name, sync_state FROM pg_stat_replication says who is there: the name "
                 "is application_name in a standby's primary_conninfo");
  }
  if (found.standbys_there == found.standbys_awaited) {
    return warns("durability",
                 fmt::format("{}, and no more follow than the {} that a commit waits for: while one is away nothing is "
                             "acknowledged",
                             who, found.standbys_awaited),
                 "another standby (pg_basebackup -R), and synchronous_standby_names = 'ANY 1 (a, b)'");
  }
  return {.what = "durability", .text = fmt::format("{}, {} follow", who, found.standbys_there), .fix = {}};
}

/// This one too, which need not be among its peers.
std::uint64_t nodes_of(const app::Config& config) {
  std::set<std::uint16_t> nodes{config.runtime.node.value_or(0)};
  for (const std::string& line : config.cluster.peers) {
    if (const auto peer = app::parse_peer(line)) nodes.insert(peer->node);
  }
  return nodes.size();
}

}  // namespace

Finding judge_database(const Result<postgres::Checkup, std::string>& found) {
  if (!found) {
    return fails("database", found.error(),
                 "set store.postgres: host, port, dbname, user and passfile; the server's own log says more");
  }
  if (found->encoding != "UTF8") {
    return fails("database", fmt::format("the database {} is encoded in {}", found->database, found->encoding),
                 "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in store.postgres");
  }
  if (!found->has_schema) {
    const std::string empty = fmt::format("the database {} is empty", found->database);
    if (!found->may_create) {
      return fails("database", fmt::format("{}, and role {} may not make the schema", empty, found->role),
                   fmt::format("starlingctl migrate as the database's owner, or GRANT CREATE ON DATABASE {} TO {}",
                               found->database, found->role));
    }
    return warns(
        "database", empty,
        "nothing before the first start, which makes the schema, as starlingctl migrate does; else check dbname "
        "in store.postgres");
  }
  if (!found->schema_fault.empty()) {
    return fails("database", found->schema_fault,
                 "starlingctl migrate as the schema's owner, when it is older than this program");
  }
  return {.what = "database",
          .text = fmt::format("PostgreSQL {}, schema {}, {} rooms with {} events, {}", found->version, found->schema,
                              grouped(found->rooms), grouped(found->events), in_bytes(found->bytes)),
          .fix = {}};
}

Finding judge_durability(const postgres::Checkup& found, app::Durability configured) {
  if (!found.syncs) {
    return warns("durability",
                 "fsync or full_page_writes is off: a power loss takes what was acknowledged, or damages it",
                 "ALTER SYSTEM SET fsync = on; ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf()");
  }
  if (configured == app::Durability::Replicated) return judge_standbys(found);
  return {.what = "durability", .text = "local, as configured: a failover may lose the last messages", .fix = {}};
}

Finding judge_checksums(const postgres::Checkup& found) {
  if (found.checksums) return {.what = "checksums", .text = "on: a page that a disk has changed is noticed", .fix = {}};
  return warns("checksums", "off: a page that a disk has changed is read as it is",
               "with the server stopped, and each standby likewise: pg_checksums --enable -D DATA");
}

Finding judge_rights(const postgres::Checkup& found) {
  if (found.rights_missing.empty()) {
    return {.what = "rights", .text = fmt::format("role {} has those that it needs", found.role), .fix = {}};
  }
  return fails(
      "rights", fmt::format("role {} may not work on {}", found.role, found.rights_missing),
      fmt::format("GRANT USAGE ON SCHEMA starling TO {0}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN "
                  "SCHEMA starling TO {0}",
                  found.role));
}

Finding judge_connections(const postgres::Checkup& found, const app::Config& config) {
  const std::uint64_t nodes = nodes_of(config);
  const std::uint64_t relays = config.store.rooms.size();  // to the people's; one to each part
  const std::uint64_t stores = nodes * (config.store.connections + 2 + config.store.readers + relays);
  const std::uint64_t need = stores + nodes * (1 + search::limits::kFindersMax);
  const std::uint64_t most = need + stores;
  const std::uint64_t free = found.connections_max - std::min(found.connections_max, found.connections_others);
  Finding finding{.what = "connections",
                  .text = fmt::format("{} for {} nodes, {} while a standby is away, of {} that others leave", need,
                                      nodes, most, free),
                  .fix = {}};
  if (most <= free) return finding;
  finding.verdict = need > free ? Fail : Warn;
  finding.fix = fmt::format(
      "max_connections = {} in postgresql.conf, the standbys' first, and restart; or fewer store.connections",
      most + found.connections_others + 20);
  return finding;
}

Finding judge_clocks(const postgres::Checkup& found) {
  const std::int64_t ms = std::abs(found.clock_ahead.count());
  if (ms <= kClocksApart.count()) {
    return {.what = "clocks", .text = fmt::format("PostgreSQL's is {} ms from this one's", ms), .fix = {}};
  }
  return warns("clocks",
               fmt::format("PostgreSQL's is {} s {} this one's, to which nodes keep within 5 s", ms / 1000,
                           found.clock_ahead.count() > 0 ? "ahead of" : "behind"),
               "timedatectl set-ntp true (or install chrony) on all machines");
}

Finding judge_logs(const Result<postgres::LogsChecked, std::string>& checked) {
  if (!checked) return fails("log", checked.error(), "run this again; the server's own log says more");
  if (checked->damaged) {
    const std::uint64_t room = checked->damaged.value;
    return fails(
        "log", fmt::format("room {}: {}", room, checked->fault),
        fmt::format("starlingctl room show {} shows it again; put PostgreSQL's backup in place, then starlingctl "
                    "raise-epochs (docs/OPERATIONS.md, A backup of PostgreSQL)",
                    room));
  }
  std::string text = fmt::format("{} rooms with {} events are dense and fold to their checkpoints",
                                 grouped(checked->rooms), grouped(checked->events));
  if (checked->rooms_left != 0) {
    text += fmt::format("; {} were not read, --every-log does", grouped(checked->rooms_left));
  }
  return {.what = "log", .text = std::move(text), .fix = {}};
}

}  // namespace starling::ctl
