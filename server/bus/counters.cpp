#include "server/bus/counters.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

namespace starling::bus {
namespace {

struct Row {
  std::string_view label;  // empty: a family of its own
  const Counters::Counter& value;
};

template <std::size_t N>
void family(std::string& out, std::string_view name, std::string_view help, std::string_view label,
            const std::array<Row, N>& rows) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "# HELP {0} {1}\n# TYPE {0} counter\n", name, help);
  for (const Row& row : rows) {
    const std::uint64_t value = row.value.load(std::memory_order_relaxed);
    if (label.empty()) {
      fmt::format_to(to, "{} {}\n", name, value);
    } else {
      fmt::format_to(to, "{}{{{}=\"{}\"}} {}\n", name, label, row.label, value);
    }
  }
}

}  // namespace

std::string Counters::text() const {
  std::string out;
  const auto one = [&out](std::string_view name, std::string_view help, const Counter& value) {
    family(out, name, help, "", std::array{Row{"", value}});
  };
  one("starling_bus_posts_total", "Posts of this node's shards to other nodes", posts);
  family(out, "starling_bus_posts_dropped_total", "Of them, lost before they left; the links find it", "why",
         std::array{Row{"queue_full", posts_dropped_queue}, Row{"unknown_node", posts_dropped_unknown},
                    Row{"not_connected", posts_dropped_unheard}, Row{"too_large", posts_dropped_large}});
  one("starling_bus_messages_sent_total", "Messages given to a connection", messages_sent);
  one("starling_bus_messages_dropped_total", "Messages lost because a node does not read", messages_dropped_full);
  one("starling_bus_bytes_sent_total", "Bytes given to connections", bytes_sent);
  one("starling_bus_messages_received_total", "Messages of other nodes", messages_received);
  one("starling_bus_bytes_received_total", "Bytes of other nodes", bytes_received);
  one("starling_bus_envelopes_received_total", "Envelopes handed to this node's shards", envelopes);
  one("starling_bus_envelopes_lost_total", "Envelopes for shards that are behind", envelopes_lost);
  family(
      out, "starling_bus_refused_total", "Messages and posts of other nodes that were not taken", "why",
      std::array{Row{"malformed", refused_malformed}, Row{"version", refused_version}, Row{"cluster", refused_cluster},
                 Row{"part_missing", refused_parts}, Row{"sender", refused_sender}, Row{"receiver", refused_receiver}});
  family(out, "starling_bus_keys_total", "Nodes that came with a key", "what",
         std::array{Row{"accepted", keys_accepted}, Row{"refused", keys_refused}});
  one("starling_bus_handshakes_failed_total", "Handshakes that failed on either side", handshakes_failed);
  return out;
}

}  // namespace starling::bus
