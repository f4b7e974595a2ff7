#include "loadsim/sim/knobs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace starling::sim {
namespace {

/// One number of the options under its name. Durations are in microseconds.
struct Knob {
  std::string_view name;
  std::int64_t (*get)(const Options&);
  void (*set)(Options&, std::int64_t);
};

template <class T>
std::int64_t number_of(const T& value) {
  if constexpr (std::is_same_v<T, Duration>) {
    return value / 1us;
  } else {
    return static_cast<std::int64_t>(value);
  }
}
template <class T>
void set_number(T& value, std::int64_t number) {
  if constexpr (std::is_same_v<T, Duration>) {
    value = number * 1us;
  } else {
    value = static_cast<T>(number);
  }
}

#define STARLING_KNOB(name, field)                                 \
  Knob {                                                           \
    name, [](const Options& o) { return number_of(o.field); },     \
        [](Options& o, std::int64_t n) { set_number(o.field, n); } \
  }
constexpr std::array kKnobs{
    STARLING_KNOB("nodes", nodes),
    STARLING_KNOB("shards", shards),
    STARLING_KNOB("rooms", rooms),
    STARLING_KNOB("users", users),
    STARLING_KNOB("members_per_room", members_per_room),
    STARLING_KNOB("second_device_percent", second_device_percent),
    STARLING_KNOB("think", think),
    STARLING_KNOB("body_bytes", body_bytes),
    STARLING_KNOB("large_permille", large_permille),
    STARLING_KNOB("large_bytes", large_bytes),
    STARLING_KNOB("heal_at", heal_at),
    STARLING_KNOB("calm", calm),
    STARLING_KNOB("unhealed_percent", unhealed_percent),
    STARLING_KNOB("unhealed_loss_permille", unhealed_loss_permille),
    STARLING_KNOB("unhealed_nodes", unhealed_nodes),
    STARLING_KNOB("byte_links_percent", byte_links_percent),
    STARLING_KNOB("ring", ring_capacity),
    STARLING_KNOB("ring_latency_least", ring_latency.least),
    STARLING_KNOB("ring_latency_most", ring_latency.most),
    STARLING_KNOB("bus", bus_capacity),
    STARLING_KNOB("bus_latency_least", bus_latency.least),
    STARLING_KNOB("bus_latency_most", bus_latency.most),
    STARLING_KNOB("slow_join", slow_join),
    STARLING_KNOB("shared_tails", config.shared_tails),
    STARLING_KNOB("gap_reads_max", config.gap_reads_max),
    STARLING_KNOB("cache_events", tails.events_max),
    STARLING_KNOB("cache_bytes", tails.bytes_max),
    STARLING_KNOB("cache_life", tails.life),
    STARLING_KNOB("cache_rooms", cache_rooms),
    STARLING_KNOB("cache_loss_permille", cache_loss_permille),
    STARLING_KNOB("cache_latency_most", cache_latency.most),
    STARLING_KNOB("replica_latency_most", replica_latency.most),
    STARLING_KNOB("link_latency_least", link_latency.least),
    STARLING_KNOB("link_latency_most", link_latency.most),
    STARLING_KNOB("read_latency_most", read_latency.most),
    STARLING_KNOB("fsync_latency_most", fsync_latency.most),
    STARLING_KNOB("standby_latency_most", standby_latency.most),
    STARLING_KNOB("follower_latency_most", follower_latency.most),
    STARLING_KNOB("standby_reads_percent", standby_reads_percent),
    STARLING_KNOB("disk_latency_most", disk_latency.most),
    STARLING_KNOB("lazy_removal_percent", lazy_removal_percent),
    STARLING_KNOB("sends_per_s", grants_sends_per_s),
    STARLING_KNOB("sends_burst", grants_burst),
    STARLING_KNOB("first_mode", client.first_mode),
    STARLING_KNOB("backoff_base", client.backoff_base),
    STARLING_KNOB("backoff_cap", client.backoff_cap),
    STARLING_KNOB("batch_events_max", config.batch_events_max),
    STARLING_KNOB("batch_bytes_max", config.batch_bytes_max),
    STARLING_KNOB("room_queue_bytes_max", config.room_queue_bytes_max),
    STARLING_KNOB("shard_queue_bytes_max", config.shard_queue_bytes_max),
    STARLING_KNOB("outbox_bytes_soft", config.outbox_bytes_soft),
    STARLING_KNOB("outbox_bytes_hard", config.outbox_bytes_hard),
    STARLING_KNOB("lagging_deadline", config.lagging_deadline),
    STARLING_KNOB("catchup_credit_events", config.catchup_credit_events),
    STARLING_KNOB("page_cache_bytes", config.page_cache_bytes),
    STARLING_KNOB("reset_beyond_events", config.reset_beyond_events),
    STARLING_KNOB("window_events", config.window_events),
    STARLING_KNOB("heads_interval_ms", config.heads_interval_ms),
    STARLING_KNOB("tail_bytes_per_room", config.tail_bytes_per_room),
    STARLING_KNOB("tail_bytes_per_shard", config.tail_bytes_per_shard),
    STARLING_KNOB("link_heartbeat", config.link_heartbeat),
    STARLING_KNOB("head_digest", config.head_digest),
    STARLING_KNOB("forward_retry", config.forward_retry),
    STARLING_KNOB("node_lease", config.node_lease),
    STARLING_KNOB("read_mark_flush", config.read_mark_flush),
    STARLING_KNOB("typing_per_room_max", config.typing_per_room_max),
    STARLING_KNOB("store_retry", config.store_retry),
    STARLING_KNOB("presence_debounce", config.presence_debounce),
    STARLING_KNOB("presence_lease", config.presence_lease),
    STARLING_KNOB("busy_retry_ms", config.busy_retry_ms),
    STARLING_KNOB("connections_per_user_max", config.connections_per_user_max),
    STARLING_KNOB("drain_per_s_percent", config.drain_per_s_percent),
    STARLING_KNOB("sessions_per_s", config.sessions_per_s),
    STARLING_KNOB("sessions_burst", config.sessions_burst),
    STARLING_KNOB("room_sends_per_s", config.room_sends_per_s),
    STARLING_KNOB("room_sends_burst", config.room_sends_burst),
    STARLING_KNOB("send_cost_bytes", config.send_cost_bytes),
};
#undef STARLING_KNOB

constexpr std::array<std::string_view, static_cast<std::size_t>(Action::kCount)> kActions{
    "say",           "reply",     "burst",     "edit",         "erase",        "react",       "unreact",
    "type",          "mark_read", "read_back", "read_forward", "create_room",  "open_direct", "add_member",
    "remove_member", "leave",     "retitle",   "change_mode",  "mention",      "invite",      "join",
    "moderate",      "configure", "pin",       "put_item",     "watch_people", "go_away"};

/// Gives all of them the same weight; what comes behind it differs.
constexpr std::string_view kEveryAction = "actions";
constexpr std::array<std::string_view, 2> kStores{"embedded", "postgres"};

bool read_number(std::string_view word, std::int64_t& value) {
  const int base = word.starts_with("0x") ? 16 : 10;
  if (base == 16) word.remove_prefix(2);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

/// "name=5"; the error's text, empty when it is fine.
std::string set_knob(std::string_view word, Options& options) {
  const std::string_view name = word.substr(0, word.find('='));
  std::int64_t value = 0;
  if (name.size() == word.size() || !read_number(word.substr(name.size() + 1), value)) {
    return "a knob is name=number, and not '" + std::string(word) + "'";
  }
  const auto knob = std::find_if(kKnobs.begin(), kKnobs.end(), [&](const Knob& k) { return k.name == name; });
  if (knob != kKnobs.end()) {
    knob->set(options, value);
    return {};
  }
  if (name == kEveryAction) {
    options.mix.fill(static_cast<std::uint16_t>(value));
    return {};
  }
  const auto action = std::find(kActions.begin(), kActions.end(), name);
  if (action == kActions.end()) return "there is no knob '" + std::string(name) + "'";
  options.mix[static_cast<std::size_t>(action - kActions.begin())] = static_cast<std::uint16_t>(value);
  return {};
}

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
  line.remove_prefix(word.size());
  return word;
}

/// A line that is no fault: taken into the options, and true.
bool read_header(std::string_view line, Options& options, std::string& error) {
  const std::string_view what = next_word(line);
  if (what == "seed") {
    std::int64_t seed = 0;
    if (!read_number(next_word(line), seed)) error = "a seed is a number";
    options.seed = static_cast<std::uint64_t>(seed);
    return true;
  }
  if (what == "store") {
    const auto kind = std::ranges::find(kStores, next_word(line));
    if (kind == kStores.end()) error = "a store is embedded or postgres";
    options.store = static_cast<StoreKind>(kind - kStores.begin());
    return true;
  }
  if (what != "knob") return false;
  for (std::string_view word = next_word(line); !word.empty() && error.empty(); word = next_word(line)) {
    error = set_knob(word, options);
  }
  return true;
}

}  // namespace

std::string to_text(const Options& options) {
  std::string text = "seed " + std::to_string(options.seed) + "\n";
  if (options.store != StoreKind::Embedded) {
    text += "store " + std::string(kStores[static_cast<std::size_t>(options.store)]) + "\n";
  }
  const Options usual;
  std::string line;
  const auto add = [&](std::string_view name, std::int64_t value) {
    if (line.size() > 100) {
      text += "knob" + line + "\n";
      line.clear();
    }
    line += " " + std::string(name) + "=" + std::to_string(value);
  };
  for (const Knob& knob : kKnobs) {
    if (knob.get(options) != knob.get(usual)) add(knob.name, knob.get(options));
  }
  Mix written = usual.mix;
  if (std::ranges::count(options.mix, 0) > static_cast<std::ptrdiff_t>(kActions.size() / 2)) {
    written.fill(0);
    add(kEveryAction, 0);
  }
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (options.mix[i] != written[i]) add(kActions[i], options.mix[i]);
  }
  if (!line.empty()) text += "knob" + line + "\n";
  for (const users::Fault& fault : options.schedule) text += to_string(fault) + "\n";
  return text;
}

std::vector<std::string_view> unusual_knobs(const Options& options) {
  const Options usual;
  std::vector<std::string_view> names;
  for (const Knob& knob : kKnobs) {
    if (knob.get(options) != knob.get(usual)) names.push_back(knob.name);
  }
  return names;
}

void make_usual(Options& options, std::string_view name) {
  for (const Knob& knob : kKnobs) {
    if (knob.name == name) knob.set(options, knob.get(Options{}));
  }
}

Result<Options, users::FaultError> parse_options(std::string_view text) {
  Options options;
  std::string faults;  // with the header's lines left empty, so that the lines keep their numbers
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find('#'));
    std::string error;
    if (!read_header(line, options, error)) faults += line;
    if (!error.empty()) return fail(users::FaultError{number, std::move(error)});
    faults += "\n";
  }
  auto schedule = users::parse_faults(faults);
  if (!schedule) return fail(std::move(schedule.error()));
  options.schedule = std::move(*schedule);
  return options;
}

}  // namespace starling::sim
