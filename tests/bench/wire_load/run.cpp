#include "tests/bench/wire_load/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/bench/wire_load/clock.h"

namespace starling::bench {
namespace {

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
double ms(Duration d) { return seconds(d) * 1e3; }

}  // namespace

Run::Run(const RunPlan& plan, int server_pid, Tally& tally, Instant now)
    : tally_(tally), server_pid_(server_pid), schedule_(plan.per_s, plan.seed, now), drain_max_(plan.drain_max) {
  tally_.begin_run();
  tally_.window_begin = now + plan.warm;
  tally_.window_end = tally_.window_begin + plan.measure;
}

Run::Usage Run::usage(Instant now) const {
  return {.at = now, .server = server_pid_ == 0 ? Duration::zero() : cpu_of(server_pid_), .load = cpu_of_self()};
}

Run::Mark Run::progress(Instant now, std::size_t behind) {
  if (!begin_ && now >= tally_.window_begin) {
    begin_ = usage(now);
    return Mark::Begin;
  }
  if (begin_ && !end_ && now >= tally_.window_end) {
    end_ = usage(now);
    return Mark::End;
  }
  if (!end_ || now_sending()) return Mark::None;
  const bool answered = tally_.accepted + tally_.refused >= tally_.sent;
  const bool settled = answered && tally_.deliveries >= tally_.expected && behind == 0;
  return settled || now >= tally_.window_end + drain_max_ ? Mark::Done : Mark::None;
}

Instant Run::next_mark() const {
  if (!begin_) return tally_.window_begin;
  if (!end_) return tally_.window_end;
  return tally_.window_end + drain_max_;
}

std::string Run::report(std::size_t behind) const {
  const double window = seconds(end_->at - begin_->at);
  const Histogram& h = tally_.latency;
  const auto missing =
      static_cast<std::int64_t>(tally_.expected + behind) - static_cast<std::int64_t>(tally_.deliveries);
  return fmt::format(
      R"({{"answer":"run","window_s":{:.3f},"sent":{},"accepted":{},"refused":{},"busy":{},"postponed":{},)"
      R"("deliveries":{},"missing":{},"window_sends":{},"window_deliveries":{},"window_heads":{},"deliveries_per_s":{:.0f},)"
      R"("p50_ms":{:.3f},"p99_ms":{:.3f},"p999_ms":{:.3f},"max_ms":{:.3f},"server_cpu_s":{:.3f},"load_cpu_s":{:.3f},)"
      R"("gaps":{},"doubles":{},"altered":{},"resets":{},"closed":{}}})",
      window, tally_.sent, tally_.accepted, tally_.refused, tally_.busy, tally_.postponed, tally_.deliveries, missing,
      tally_.window_sends, tally_.window_deliveries, tally_.window_heads,
      static_cast<double>(tally_.window_deliveries) / window, ms(h.quantile(0.5)), ms(h.quantile(0.99)),
      ms(h.quantile(0.999)), ms(h.max()), seconds(end_->server - begin_->server), seconds(end_->load - begin_->load),
      tally_.gaps, tally_.doubles, tally_.altered, tally_.resets, tally_.closed);
}

}  // namespace starling::bench
