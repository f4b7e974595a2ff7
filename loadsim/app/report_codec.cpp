#include "loadsim/app/report_codec.h"

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace starling::loadsim {
namespace {

/// What is copied as it lies in memory.
struct Fixed {
  std::uint64_t seed, inputs, trace, violations;
  std::int64_t lasted_ns;
  ProbeCounts probes;
  sim::FaultTallies tallies;
  std::uint32_t texts;
};
static_assert(std::is_trivially_copyable_v<Fixed>);

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <class T>
bool take(std::string_view& in, T& value) {
  if (in.size() < sizeof(value)) return false;
  std::memcpy(&value, in.data(), sizeof(value));
  in.remove_prefix(sizeof(value));
  return true;
}

}  // namespace

std::string to_bytes(const sim::RunReport& report) {
  std::string body;
  put(body, Fixed{.seed = report.seed,
                  .inputs = report.inputs,
                  .trace = report.trace,
                  .violations = report.violations,
                  .lasted_ns = report.lasted.count(),
                  .probes = report.probes,
                  .tallies = report.tallies,
                  .texts = static_cast<std::uint32_t>(report.first.size())});
  for (const check::Violation& violation : report.first) {
    put(body, violation.guarantee);
    put(body, violation.room);
    put(body, violation.seq);
    put(body, violation.user);
    put(body, violation.device);
    put(body, static_cast<std::uint32_t>(violation.text.size()));
    body += violation.text;
  }
  std::string out;
  put(out, static_cast<std::uint64_t>(body.size()));
  return out + body;
}

std::optional<sim::RunReport> take_report(std::string& bytes) {
  std::string_view in(bytes);
  std::uint64_t size = 0;
  if (!take(in, size) || in.size() < size) return std::nullopt;
  Fixed fixed{};
  take(in, fixed);
  sim::RunReport report{.seed = fixed.seed,
                        .inputs = fixed.inputs,
                        .trace = fixed.trace,
                        .lasted = Duration(fixed.lasted_ns),
                        .probes = fixed.probes,
                        .tallies = fixed.tallies,
                        .violations = fixed.violations};
  for (std::uint32_t i = 0; i < fixed.texts; ++i) {
    check::Violation& violation = report.first.emplace_back();
    std::uint32_t length = 0;
    take(in, violation.guarantee);
    take(in, violation.room);
    take(in, violation.seq);
    take(in, violation.user);
    take(in, violation.device);
    take(in, length);
    violation.text = in.substr(0, length);
    in.remove_prefix(length);
  }
  bytes.erase(0, sizeof(size) + size);
  return report;
}

}  // namespace starling::loadsim
