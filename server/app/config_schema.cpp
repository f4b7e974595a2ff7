#include "server/app/config_schema.h"

#include <array>
#include <limits>
#include <type_traits>

#include "server/ports/numbering.h"

namespace starling::app {
namespace {

using namespace std::chrono_literals;

/// A whole number somewhere in the tree.
template <auto Part, auto Field>
IntegerKey number(std::int64_t min, std::int64_t max) {
  using T = std::remove_cvref_t<decltype(std::declval<Config>().*Part.*Field)>;
  return {.get = [](const Config& c) { return static_cast<std::int64_t>(c.*Part.*Field); },
          .set = [](Config& c, std::int64_t v) { c.*Part.*Field = static_cast<T>(v); },
          .min = min,
          .max = max};
}
/// A duration in whole units of `Unit`.
template <class Unit, auto Part, auto Field>
IntegerKey duration(std::int64_t min, std::int64_t max) {
  return {.get = [](const Config& c) { return std::chrono::duration_cast<Unit>(c.*Part.*Field).count(); },
          .set = [](Config& c, std::int64_t v) { c.*Part.*Field = Unit(v); },
          .min = min,
          .max = max};
}
template <auto Field>
IntegerKey timeout(std::int64_t min, std::int64_t max) {
  using S = std::chrono::seconds;
  return {.get = [](const Config& c) { return std::chrono::duration_cast<S>(c.runtime.timeouts.*Field).count(); },
          .set = [](Config& c, std::int64_t v) { c.runtime.timeouts.*Field = S(v); },
          .min = min,
          .max = max};
}

constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 3> kRegistrations{"open", "invite", "closed"};
static_assert(static_cast<int>(ports::Admission::Closed) == 2 && static_cast<int>(ports::Admission::Invited) == 1);

constexpr std::array<std::string_view, 2> kDurabilities{"replicated", "local"};
static_assert(static_cast<int>(Durability::Local) == 1);

constexpr auto kStore = &Config::store;
constexpr auto kAccounts = &Config::accounts;
using Accounts = accounts::Config;
constexpr auto kRun = &Config::runtime;
constexpr auto kCore = &Config::core;
using Run = runtime::Config;
using Core = core::Config;
using Times = runtime::Timeouts;
using Ms = std::chrono::milliseconds;
using Us = std::chrono::microseconds;
using Sec = std::chrono::seconds;

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = 1024 * kKiB;

std::vector<ConfigKey> make_schema() {
  return {
      {"server", "listen",
       "WebSocket (/v1/ws), the API (/v1/…), /healthz, /readyz and /metrics; port 0 picks a free one. An address that "
       "is not loopback "
       "needs [tls], or behind_proxy = true.",
       ListenKey{}},
      {"server", "data_dir", "Where the database and the keys live. Backed up with: starlingctl backup",
       TextKey{[](Config& c) -> std::string& { return c.data_dir; }}},
      {"server", "public_name",
       "host:port under which clients reach this server, in invitation links. Empty: as each request names it.",
       TextKey{[](Config& c) -> std::string& { return c.accounts.public_name; }}},
      {"server", "behind_proxy",
       "A trusted proxy ends TLS in front of this server, and names the peer in X-Forwarded-For.",
       BooleanKey{[](Config& c) -> bool& { return c.runtime.behind_proxy; }}},
      {"server", "origins",
       "Web pages that may connect, as scheme://host[:port], compared exactly. Native clients send no Origin.",
       TextListKey{[](Config& c) -> std::vector<std::string>& { return c.runtime.origins; }}},
      {"server", "metrics_from",
       "Addresses that may read /metrics. Loopback may too, unless behind_proxy = true: then it may be the proxy.",
       TextListKey{[](Config& c) -> std::vector<std::string>& { return c.runtime.metrics_from; }}},
      {"server", "log_level", "debug, info, warning or error. Bodies and tokens are never logged.",
       ChoiceKey{kLogLevels, [](const Config& c) { return static_cast<std::size_t>(c.log_level); },
                 [](Config& c, std::size_t v) { c.log_level = static_cast<LogLevel>(v); }}},
      {"server", "drain_grace_s", "How long a stop may take before connections that are left are cut.",
       IntegerKey{[](const Config& c) { return std::chrono::duration_cast<Sec>(c.drain_grace).count(); },
                  [](Config& c, std::int64_t v) { c.drain_grace = Sec(v); }, 0, 3600}},
      {"server", "free_space_min_percent",
       "Less of the data's volume free, or less than 256 MiB: /readyz answers 503, though commits go on.",
       IntegerKey{[](const Config& c) { return std::int64_t{c.free_percent_min}; },
                  [](Config& c, std::int64_t v) { c.free_percent_min = static_cast<std::uint32_t>(v); }, 0, 90}},

      {"store", "postgres",
       "How libpq reaches the PostgreSQL that the nodes of a cluster share, as in \"host=db1,db2 dbname=starling "
       "user=starling target_session_attrs=read-write passfile=/etc/starling/pgpass\". Empty: SQLite in data_dir.",
       TextKey{[](Config& c) -> std::string& { return c.store.postgres; }}},
      {"store", "rooms",
       "PostgreSQL clusters over which the rooms are spread by a hash, each as store.postgres, which then keeps the "
       "people "
       "alone. Number and order are for good. Empty: the rooms are there, too.",
       TextListKey{[](Config& c) -> std::vector<std::string>& { return c.store.rooms; }}},
      {"store", "standby", "One of its standbys, which may then answer pages of history. Empty: none.",
       TextKey{[](Config& c) -> std::string& { return c.store.standby; }}},
      {"store", "connections", "To PostgreSQL, for what is written. Each has one transaction under way.",
       number<kStore, &StoreConfig::connections>(1, 256)},
      {"store", "readers", "And for what is read.", number<kStore, &StoreConfig::readers>(1, 256)},
      {"store", "durability",
       "What an acknowledged message is safe on: \"replicated\" a synchronous standby too, which PostgreSQL must have "
       "(synchronous_standby_names); \"local\" the primary's disk alone.",
       ChoiceKey{kDurabilities, [](const Config& c) { return static_cast<std::size_t>(c.store.durability); },
                 [](Config& c, std::size_t v) { c.store.durability = static_cast<Durability>(v); }}},

      {"cluster", "node", "The number of this node, which no other has. -1: it is alone, with a store of its own.",
       IntegerKey{[](const Config& c) { return c.runtime.node ? std::int64_t{*c.runtime.node} : -1; },
                  [](Config& c, std::int64_t v) {
                    c.runtime.node = v < 0 ? std::nullopt : std::optional(static_cast<std::uint16_t>(v));
                  },
                  -1, ports::kNodesMax - 1}},
      {"cluster", "name", "Of the cluster: nodes of another one are not listened to.",
       TextKey{[](Config& c) -> std::string& { return c.cluster.name; }}},
      {"cluster", "listen",
       "Where the other nodes reach this one, as in \"tcp://10.0.0.1:7008\": an address of the cluster's own network, "
       "never a public one.",
       TextKey{[](Config& c) -> std::string& { return c.cluster.listen; }}},
      {"cluster", "peers",
       "The other nodes: number, where it listens, and its key (starlingctl keygen --bus prints it there), as in "
       "\"1 tcp://10.0.0.2:7008 KEY\". This node's own line may be among them.",
       TextListKey{[](Config& c) -> std::vector<std::string>& { return c.cluster.peers; }}},

      {"directory", "server",
       "The nodes' common cache, a Redis 7: its address and port, or the path of its unix socket. Empty: none.",
       TextKey{[](Config& c) -> std::string& { return c.directory.server; }}},
      {"directory", "sentinels", "Address and port of each Redis Sentinel; they say which server it is.",
       TextListKey{[](Config& c) -> std::vector<std::string>& { return c.directory.sentinels; }}},
      {"directory", "master", "The name by which they know it.",
       TextKey{[](Config& c) -> std::string& { return c.directory.master; }}},
      {"directory", "user", "Of Redis' access list.",
       TextKey{[](Config& c) -> std::string& { return c.directory.user; }}},
      {"directory", "password_file",
       "Holds its password, readable by the server's user only. Empty: none is asked for.",
       TextKey{[](Config& c) -> std::string& { return c.directory.password_file; }}},

      {"search", "enabled",
       "Full-text search: an index of all messages (data_dir/search.db), some 200 bytes each. Each node of a "
       "cluster keeps one of its own; without it, it answers that it has none.",
       BooleanKey{[](Config& c) -> bool& { return c.search; }}},
      {"accounts", "registration",
       "Who may make an account: \"open\" everybody, \"invite\" who has an invitation, \"closed\" nobody but by "
       "starlingctl "
       "user add. The first account of all becomes administrator, whatever this says.",
       ChoiceKey{kRegistrations, [](const Config& c) { return static_cast<std::size_t>(c.accounts.registration); },
                 [](Config& c, std::size_t v) { c.accounts.registration = static_cast<ports::Admission>(v); }}},
      {"accounts", "hash_threads", "Threads that hash passwords, 19 MiB and a core's time each.",
       number<kAccounts, &Accounts::hash_threads>(1, 2)},
      {"accounts", "attempts_burst",
       "Attempts to log in of one IPv4 address or IPv6 /64 at once; a registration is three.",
       number<kAccounts, &Accounts::attempts_burst>(3, 100'000)},
      {"accounts", "attempts_per_minute", "And sustained.",
       number<kAccounts, &Accounts::attempts_per_minute>(1, 100'000)},

      {"tls", "certificate", "PEM file with the chain; together with key it turns TLS 1.2 and 1.3 on.",
       TextKey{[](Config& c) -> std::string& { return c.runtime.tls.certificate; }}},
      {"tls", "key", "PEM file, readable by the server's user only.",
       TextKey{[](Config& c) -> std::string& { return c.runtime.tls.key; }}},

      {"runtime", "shards", "Threads that serve connections. 0: one a core.", number<kRun, &Run::shards>(0, 64)},
      {"runtime", "connections_max",
       "Beyond it: 503 with Retry-After. 0: the file descriptors allowed, less a reserve.",
       number<kRun, &Run::connections_max>(0, 1'000'000)},
      {"runtime", "unauthenticated_max", "Of them, before their Hello.",
       number<kRun, &Run::unauthenticated_max>(1, 1'000'000)},
      {"runtime", "read_buffer_bytes", "One a shard.", number<kRun, &Run::read_buffer_bytes>(64 * kKiB + 64, kMiB)},
      {"runtime", "send_buffer_bytes", "SO_SNDBUF of a connection: bounds what the kernel holds for a slow reader.",
       number<kRun, &Run::send_buffer_bytes>(4 * kKiB, 4 * kMiB)},
      {"runtime", "flush_delay_min_us", "How long frames wait for company just above a light load.",
       duration<Us, kRun, &Run::flush_delay_min>(0, 100'000)},
      {"runtime", "flush_delay_max_us", "And under a heavy one. 0: never.",
       duration<Us, kRun, &Run::flush_delay_max>(0, 100'000)},
      {"runtime", "writes_per_turn_max", "System calls that write before reads are polled again.",
       number<kRun, &Run::writes_per_turn_max>(1, 100'000)},

      {"timeouts", "upgrade_s", "TLS and HTTP upgrade together; of a call of the API, its body too.",
       timeout<&Times::upgrade>(1, 300)},
      {"timeouts", "answer_s", "The API's answer to a whole request.", timeout<&Times::answer>(1, 300)},
      {"timeouts", "hello_s", "From the upgrade to a verified Hello.", timeout<&Times::hello>(1, 300)},
      {"timeouts", "message_s", "From the first byte of a message to its last.", timeout<&Times::message>(1, 300)},
      {"timeouts", "ping_after_s", "Silence before a ping.", timeout<&Times::ping_after>(1, 3600)},
      {"timeouts", "dead_after_s", "Silence before a connection is given up; a late ping is waited for as long.",
       timeout<&Times::dead_after>(2, 7200)},
      {"timeouts", "write_stall_s", "A peer takes nothing while something is queued.",
       timeout<&Times::write_stall>(1, 3600)},
      {"timeouts", "close_handshake_s", "From our close frame to the peer's.", timeout<&Times::close_handshake>(1, 60)},
      {"timeouts", "after_expiry_s", "From a token's expiry to the end of the connections that came in with it.",
       timeout<&Times::after_expiry>(0, 60)},

      {"limits", "connections_per_user_max", "Devices of one user that are connected at once.",
       number<kCore, &Core::connections_per_user_max>(1, 10'000)},
      {"limits", "rooms_per_user_max", "Rooms that a user may be a member of; to join more is refused as TooManyRooms.",
       number<kCore, &Core::rooms_per_user_max>(1, 8192)},
      {"limits", "room_sends_per_s",
       "What one room takes from all its members together; beyond, they are told when to come back.",
       number<kCore, &Core::room_sends_per_s>(1, 1'000'000)},
      {"limits", "room_sends_burst", "And at once.", number<kCore, &Core::room_sends_burst>(16, 1'000'000)},
      {"limits", "send_cost_bytes", "A send counts once for each of these begun, in a device's budget and in a room's.",
       number<kCore, &Core::send_cost_bytes>(256, 64 * kKiB)},
      {"limits", "batch_events_max", "Events of a room in one commit.",
       number<kCore, &Core::batch_events_max>(1, 4096)},
      {"limits", "batch_bytes_max", "Bytes of a room in one commit.",
       number<kCore, &Core::batch_bytes_max>(32 * kKiB, 16 * kMiB)},
      {"limits", "room_queue_bytes_max", "Uncommitted bytes of a room; then Busy.",
       number<kCore, &Core::room_queue_bytes_max>(64 * kKiB, 256 * kMiB)},
      {"limits", "shard_queue_bytes_max", "Uncommitted bytes of a shard; then Busy for every room.",
       number<kCore, &Core::shard_queue_bytes_max>(kMiB, 4096 * kMiB)},
      {"limits", "outbox_bytes_soft", "Queued for one session; above it the session lags and is fed from the log.",
       number<kCore, &Core::outbox_bytes_soft>(8 * kKiB, 16 * kMiB)},
      {"limits", "outbox_bytes_hard", "Above it the session is closed, resumable.",
       number<kCore, &Core::outbox_bytes_hard>(64 * kKiB, 64 * kMiB)},
      {"limits", "lagging_deadline_s",
       "A session that is behind and makes no progress for so long is closed, resumable.",
       duration<Sec, kCore, &Core::lagging_deadline>(1, 3600)},
      {"limits", "catchup_credit_events", "Events pushed ahead of what a catching-up client has persisted.",
       number<kCore, &Core::catchup_credit_events>(16, 65536)},
      {"limits", "reset_beyond_events", "A cursor further behind gets a window instead.",
       number<kCore, &Core::reset_beyond_events>(100, 1'000'000)},
      {"limits", "window_events", "The window a new device starts with.",
       number<kCore, &Core::window_events>(1, 10'000)},
      {"limits", "heads_interval_ms", "Rooms that are not open: their head is told at most this often.",
       number<kCore, &Core::heads_interval_ms>(100, 60'000)},
      {"limits", "tail_bytes_per_room", "Recent events that a room's home keeps in memory.",
       number<kCore, &Core::tail_bytes_per_room>(0, 16 * kMiB)},
      {"limits", "tail_bytes_per_shard", "And all its rooms together.",
       number<kCore, &Core::tail_bytes_per_shard>(0, 4096 * kMiB)},
      {"limits", "page_cache_bytes", "Pages of history kept by a shard for readers that catch up.",
       number<kCore, &Core::page_cache_bytes>(64 * kKiB, 1024 * kMiB)},
      {"limits", "read_mark_flush_ms", "Read marks are stored at most this late.",
       duration<Ms, kCore, &Core::read_mark_flush>(100, 60'000)},
      {"limits", "typing_per_room_max", "Viewers above which typing is not shown.",
       number<kCore, &Core::typing_per_room_max>(0, 100'000)},
      {"limits", "drain_per_s_percent", "Sessions sent away per second while draining.",
       number<kCore, &Core::drain_per_s_percent>(1, 100)},
      {"limits", "sessions_per_s", "Sessions that a shard takes in per second; the rest is told when to come back.",
       number<kCore, &Core::sessions_per_s>(1, 1'000'000)},
      {"limits", "sessions_burst", "And so many at once.", number<kCore, &Core::sessions_burst>(1, 10'000'000)},
  };
}

}  // namespace

std::span<const ConfigKey> config_schema() {
  static const std::vector<ConfigKey> schema = make_schema();
  return schema;
}

}  // namespace starling::app
