#include "server/store/postgres/seat.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

/// PostgreSQL keeps 63 bytes of a name.
constexpr int kHostBytes = 32;

std::string name_of(std::uint16_t node) { return fmt::format("starlingd node {} on ", node); }

std::string own_name(std::uint16_t node) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}{:.{}} pid {}", name_of(node), host.data(), kHostBytes, ::getpid());
}

}  // namespace

void name_connections(std::uint16_t node) { ::setenv("PGAPPNAME", own_name(node).c_str(), 0); }

Result<std::optional<Seat>, StartError> seat_of(const std::string& conninfo, std::uint16_t node, ShardId first) {
  try {
    Session session(conninfo);
    const Rows seat = session.ask("SELECT boot FROM seats WHERE first_shard = $1", Params().add(first));
    if (seat.empty()) return std::optional<Seat>();
    Params names;
    names.add_bytes(name_of(node)).add_bytes(own_name(node));
    const Rows others = session.ask(
        "SELECT string_agg(DISTINCT application_name || coalesce(' at ' || host(client_addr), ''), ', ') "
        "FROM pg_stat_activity WHERE starts_with(application_name, $1::text) AND application_name <> $2::text",
        names);
    return Seat{.boot = seat.u64(0, 0), .connections = std::string(others.bytes(0, 0))};
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error);
  }
}

}  // namespace starling::postgres
