#include "loadsim/users/faults/fault.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace starling::users {
namespace {

using namespace std::chrono_literals;

/// What follows the name: N node, L from a node to another, P share, D duration, E delay, C count, B bytes, R rate, M ppm.
struct Shape {
  FaultKind kind;
  std::string_view name;
  std::string_view arguments;
};
constexpr std::array<Shape, kFaultKinds> kShapes{{
    {FaultKind::Kill, "kill", "N"},
    {FaultKind::PowerLoss, "power_loss", "N"},
    {FaultKind::Restart, "restart", "N"},
    {FaultKind::Pause, "pause", "ND"},
    {FaultKind::Drain, "drain", "N"},
    {FaultKind::Cut, "cut", "PD"},
    {FaultKind::RingDrop, "ring.drop", "PD"},
    {FaultKind::StoreLostReply, "store.lost_reply", "PD"},
    {FaultKind::StoreUnavailable, "store.unavailable", "D"},
    {FaultKind::StoreFull, "store.full", "D"},
    {FaultKind::StoreStop, "store.stop", ""},
    {FaultKind::StoreSlow, "store.slow", "ED"},
    {FaultKind::StoreRestore, "store.restore", "D"},
    {FaultKind::StoreCopyBack, "store.copy_back", "D"},
    {FaultKind::ClientCrash, "client.crash", "P"},
    {FaultKind::ClientSlow, "client.slow", "PRD"},
    {FaultKind::ClientClone, "client.clone", "C"},
    {FaultKind::ClientOffline, "client.offline", "PD"},
    {FaultKind::ClockStep, "clock.step", "ND"},
    {FaultKind::ClockDrift, "clock.drift", "NM"},
    {FaultKind::MemberKickRace, "member.kick_race", "C"},
    {FaultKind::RetentionCut, "retention.cut", "P"},
    {FaultKind::PgCancelSyncwait, "pg.cancel_syncwait", "PD"},
    {FaultKind::PgFailoverSync, "pg.failover sync", ""},
    {FaultKind::PgFailoverAsync, "pg.failover async", ""},
    {FaultKind::PgRestart, "pg.restart", ""},
    {FaultKind::PgDeadlock, "pg.deadlock", "PD"},
    {FaultKind::Heal, "heal", ""},
    {FaultKind::BusDrop, "bus.drop", "PD"},
    {FaultKind::BusDup, "bus.dup", "PD"},
    {FaultKind::BusReorder, "bus.reorder", "ED"},
    {FaultKind::BusCut, "bus.cut", "LD"},
    {FaultKind::AccountJoin, "account.join", "C"},
    {FaultKind::Oom, "oom", "NBD"},
    {FaultKind::RedisFlush, "redis.flush", ""},
    {FaultKind::RedisDown, "redis.down", "D"},
    {FaultKind::RedisStale, "redis.stale", "D"},
    {FaultKind::RedisFailover, "redis.failover", ""},
    {FaultKind::RedisSlow, "redis.slow", "ED"},
}};

const Shape& shape_of(FaultKind kind) { return kShapes[static_cast<std::size_t>(kind)]; }

/// A number and what stands behind it; false when there is no number.
template <class T>
bool number(std::string_view word, T& value, std::string_view& unit) {
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, value);
  unit = std::string_view(rest, static_cast<std::size_t>(end - rest));
  return error == std::errc() && rest != word.data();
}

bool parse_span(std::string_view word, Duration& span) {
  return parse_duration(word, span) && span >= 0ns && span <= limits::kFaultTimeMax;
}

/// Thousands of bytes, or bytes.
bool parse_bytes(std::string_view word, std::string_view thousands, std::string_view bytes, std::uint64_t& value) {
  std::string_view unit;
  if (!number(word, value, unit) || value > limits::kFaultBytesMax) return false;
  if (unit == thousands) value *= 1000;
  return (unit == thousands || unit == bytes) && value <= limits::kFaultBytesMax;
}

/// For messages.
std::string_view taken_for(char what, FaultKind kind) {
  switch (what) {
    case 'N':
      return "a node, as n1";
    case 'L':
      return "one node and another, as n1>n2";
    case 'P':
      return "a share from 0% to 100%";
    case 'D':
      return kind == FaultKind::ClockStep ? "a duration, as 3s or -1h" : "a duration from 0s to 24h, as 3s";
    case 'E':
      return "a delay from 0s to 24h, as 20ms";
    case 'C':
      return "a number from 0 to 10000";
    case 'B':
      return "a size up to 1 GB, as 40KB or 400B";
    case 'R':
      return "a rate up to 1 GB/s, as 2KB/s or 400B/s";
    default:
      return "a drift from -100000ppm to 100000ppm";
  }
}

bool parse_argument(char what, std::string_view word, Fault& fault) {
  std::string_view unit;
  switch (what) {
    case 'N':
      return word.starts_with('n') && number(word.substr(1), fault.node, unit) && unit.empty() && fault.node >= 1;
    case 'L': {
      const std::size_t arrow = std::min(word.find('>'), word.size());
      const std::string_view to = word.substr(std::min(arrow + 1, word.size()));
      Fault other;
      if (!parse_argument('N', word.substr(0, arrow), fault) || !parse_argument('N', to, other)) return false;
      fault.to = other.node;
      return fault.to != fault.node;
    }
    case 'P': {
      std::uint32_t percent = 0;
      if (!number(word, percent, unit) || percent > 100) return false;
      fault.permille = percent * 10;
      if (unit.size() == 3 && unit[0] == '.' && unit[2] == '%' && unit[1] >= '0' && unit[1] <= '9') {
        fault.permille += static_cast<std::uint32_t>(unit[1] - '0');
      } else if (unit != "%") {
        return false;
      }
      return fault.permille <= 1000;
    }
    case 'D':
      return fault.kind == FaultKind::ClockStep ? parse_duration(word, fault.span) : parse_span(word, fault.span);
    case 'E':
      return parse_span(word, fault.delay);
    case 'C':
      return number(word, fault.count, unit) && unit.empty() && fault.count <= limits::kFaultCountMax;
    case 'B':
      return parse_bytes(word, "KB", "B", fault.bytes);
    case 'R':
      return parse_bytes(word, "KB/s", "B/s", fault.bytes_per_s);
    case 'M':
      return number(word, fault.ppm, unit) && unit == "ppm" && fault.ppm >= -100'000 && fault.ppm <= 100'000;
    default:
      return false;
  }
}

std::string argument(char what, const Fault& fault) {
  switch (what) {
    case 'N':
      return "n" + std::to_string(fault.node);
    case 'L':
      return "n" + std::to_string(fault.node) + ">n" + std::to_string(fault.to);
    case 'P': {
      std::string percent = std::to_string(fault.permille / 10);
      if (fault.permille % 10 != 0) percent += "." + std::to_string(fault.permille % 10);
      return percent + "%";
    }
    case 'D':
      return duration_to_string(fault.span);
    case 'E':
      return duration_to_string(fault.delay);
    case 'C':
      return std::to_string(fault.count);
    case 'B':
      return std::to_string(fault.bytes) + "B";
    case 'R':
      return std::to_string(fault.bytes_per_s) + "B/s";
    default:
      return std::to_string(fault.ppm) + "ppm";
  }
}

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find_first_of(" \t\r"));
  text.remove_prefix(word.size());
  return word;
}

/// An entry without its time; the error's text, empty when it is fine.
std::string parse_entry(std::string_view text, Fault& fault) {
  const std::string_view first = next_word(text);
  std::string name(first);
  const auto found = [&] { return std::ranges::find(kShapes, name, &Shape::name); };
  const auto* shape = found();
  if (shape == kShapes.end()) {  // some are two words: pg.failover sync
    name += " " + std::string(next_word(text));
    shape = found();
  }
  if (shape == kShapes.end()) return "there is no fault '" + std::string(first) + "'";
  fault.kind = shape->kind;
  for (const char what : shape->arguments) {
    const std::string_view word = next_word(text);
    if (!parse_argument(what, word, fault)) {
      return name + " takes " + std::string(taken_for(what, shape->kind)) + ", and not '" + std::string(word) + "'";
    }
  }
  const std::string_view rest = next_word(text);
  if (!rest.empty()) return name + ": '" + std::string(rest) + "' is too much";
  return {};
}

}  // namespace

std::string_view name_of(FaultKind kind) { return shape_of(kind).name; }

bool hits_clients(FaultKind kind) {
  using enum FaultKind;
  return kind == Cut || kind == ClientCrash || kind == ClientSlow || kind == ClientClone || kind == ClientOffline;
}

Fault only_its_own(const Fault& fault) {
  Fault out{.at = fault.at, .kind = fault.kind};
  for (const char what : shape_of(fault.kind).arguments) {
    switch (what) {
      case 'N':
        out.node = fault.node;
        break;
      case 'L':
        out.node = fault.node;
        out.to = fault.to;
        break;
      case 'P':
        out.permille = fault.permille;
        break;
      case 'D':
        out.span = fault.span;
        break;
      case 'E':
        out.delay = fault.delay;
        break;
      case 'C':
        out.count = fault.count;
        break;
      case 'B':
        out.bytes = fault.bytes;
        break;
      case 'R':
        out.bytes_per_s = fault.bytes_per_s;
        break;
      default:
        out.ppm = fault.ppm;
    }
  }
  return out;
}

bool parse_duration(std::string_view word, Duration& duration) {
  std::int64_t value = 0;
  std::string_view unit;
  if (word.starts_with('+')) word.remove_prefix(1);
  if (!number(word, value, unit)) return false;
  const std::int64_t most = unit == "m" || unit == "h" ? 1'000'000 : 1'000'000'000;  // fits nanoseconds either way
  if (value > most || value < -most) return false;
  if (unit == "us") {
    duration = std::chrono::microseconds(value);
  } else if (unit == "ms") {
    duration = std::chrono::milliseconds(value);
  } else if (unit == "s") {
    duration = std::chrono::seconds(value);
  } else if (unit == "m") {
    duration = std::chrono::minutes(value);
  } else if (unit == "h") {
    duration = std::chrono::hours(value);
  } else {
    return false;
  }
  return true;
}

std::string duration_to_string(Duration duration) {
  if (duration % 1s == 0ns) return std::to_string(duration / 1s) + "s";
  if (duration % 1ms == 0ns) return std::to_string(duration / 1ms) + "ms";
  return std::to_string(duration / 1us) + "us";
}

std::string to_string(const Fault& fault) {
  std::string line = "@" + duration_to_string(fault.at) + " " + std::string(name_of(fault.kind));
  for (const char what : shape_of(fault.kind).arguments) line += " " + argument(what, fault);
  return line;
}

Result<std::vector<Fault>, FaultError> parse_faults(std::string_view text) {
  std::vector<Fault> faults;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const std::string_view time = next_word(line);
    if (time.empty()) continue;
    Duration at{};
    if (!time.starts_with('@') || !parse_span(time.substr(1), at)) {
      return fail(FaultError{
          number, "a line begins with a time up to 24h, as in @8s, and not with '" + std::string(time) + "'"});
    }
    for (bool more = true; more;) {
      const std::string_view entry = line.substr(0, line.find(';'));
      more = entry.size() < line.size();
      line.remove_prefix(more ? entry.size() + 1 : entry.size());
      Fault fault{.at = at};
      std::string error = parse_entry(entry, fault);
      if (!error.empty()) return fail(FaultError{number, std::move(error)});
      if (faults.size() == limits::kFaultsMax) {
        return fail(FaultError{number, "there are 10000 faults before this one: take some away"});
      }
      faults.push_back(fault);
    }
  }
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
  return faults;
}

}  // namespace starling::users
