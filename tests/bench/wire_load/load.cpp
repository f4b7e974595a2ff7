#include "tests/bench/wire_load/load.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tests/bench/wire_load/clock.h"
#include "tests/bench/wire_load/raw_protocol.h"
#include "tests/bench/wire_load/starling_protocol.h"

namespace starling::bench {
namespace {

using namespace std::chrono_literals;

/// Peers are read in portions, so that a send is never late by more than a fraction of a millisecond.
constexpr std::size_t kPortion = 32;
/// Progress of a join is looked at this often while nothing else happens.
constexpr Duration kLookAround = 20ms;

void answer(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

double ms(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

Duration from_s(double s) { return Duration(static_cast<Duration::rep>(s * 1e9)); }

std::unique_ptr<Protocol> make_protocol(const Options& options, const std::vector<std::string>& tokens, Wire& wire,
                                        Rooms& rooms, Timers& timers, Tally& tally) {
  if (options.protocol == ProtocolKind::Raw) return std::make_unique<RawProtocol>(options, wire, rooms, tally);
  return std::make_unique<StarlingProtocol>(options, tokens, wire, rooms, timers, tally);
}

}  // namespace

Load::Load(const Options& options, std::vector<std::string> tokens)
    : options_(options),
      tokens_(std::move(tokens)),
      wire_(options.ports),
      protocol_(make_protocol(options_, tokens_, wire_, rooms_, timers_, tally_)),
      peers_(options.protocol == ProtocolKind::Raw ? options.connections : tokens_.size()) {
  for (std::uint32_t i = 0; i < peers_.size(); ++i) peers_[i].index = i;
  wire_.watch_input(STDIN_FILENO);
}

void Load::serve() {
  while (!quit_) turn();
}

Instant Load::next_moment() const {
  Instant next = timers_.next();
  if (run_) next = std::min({next, run_->next_send(), run_->next_mark()});
  if (join_ || look_ || (run_ && run_->next_send() == kNever)) next = std::min(next, steady_now() + kLookAround);
  return next;
}

void Load::turn() {
  const std::size_t events = wire_.wait(next_moment());
  bool input = false;
  for (std::size_t i = 0; i < events; ++i) {
    if (i % kPortion == 0) send_due(steady_now());
    if (wire_.handle(i, peers_, *protocol_)) input = true;
  }
  const Instant now = steady_now();
  send_due(now);
  fire_timers(now);
  if (join_) progress_join(now);
  if (run_) progress_run(now);
  if (look_) progress_look(now);
  if (input) take_input();
}

void Load::fire_timers(Instant now) {
  while (timers_.next() <= now) {
    const Timers::Timer timer = timers_.pop();
    Peer& peer = peers_[timer.peer];
    if (peer.fd >= 0 && peer.use == timer.use) protocol_->due(peer, timer.due, now);
  }
}

void Load::send_due(Instant now) {
  while (run_ && run_->next_send() <= now) {
    const Instant intended = run_->next_send();
    Rooms::Room& room = rooms_.at(run_->schedule().room(rooms_.size()));
    bool sent = false;
    for (std::size_t tries = 0; tries < room.readers.size() && !sent; ++tries) {
      sent = protocol_->send(peers_[room.readers[room.turn++ % room.readers.size()]], intended);
    }
    if (sent && tally_.measures(intended)) ++tally_.window_sends;
    if (!sent) ++tally_.postponed;
    run_->schedule().advance();
  }
}

// ---- what was asked for

void Load::progress_join(Instant now) {
  Join& join = *join_;
  std::uint32_t ready = 0;
  std::uint32_t under_way = 0;
  for (std::uint32_t i = join.peers.first; i < join.next; ++i) {
    if (peers_[i].phase == Phase::Ready) ++ready;
    if (peers_[i].phase == Phase::PutOff && peers_[i].back_at <= now) wire_.open(peers_[i]);
    if (peers_[i].phase == Phase::Connecting || peers_[i].phase == Phase::Joining) ++under_way;
  }
  for (; under_way < options_.joining_max && join.next < join.peers.last; ++join.next, ++under_way) {
    Peer& peer = peers_[join.next];
    if (peer.phase != Phase::Closed) continue;
    peer.opened_at = steady_now();
    wire_.open(peer);
  }
  const std::uint64_t lost = tally_.closed - join.closed_before;
  if (join.next < join.peers.last || ready + lost < join.peers.last - join.peers.first) return;
  answer(fmt::format(
      R"({{"answer":"connect","ready":{},"closed":{},"events":{},"put_off":{},"seconds":{:.3f},"p50_ms":{:.1f},"p99_ms":{:.1f},)"
      R"("max_ms":{:.1f},"gaps":{},"doubles":{},"altered":{}}})",
      ready, lost, tally_.events - join.events_before, tally_.put_off - join.put_off_before,
      std::chrono::duration<double>(now - join.began).count(), ms(tally_.joins.quantile(0.5)),
      ms(tally_.joins.quantile(0.99)), ms(tally_.joins.max()), tally_.gaps, tally_.doubles, tally_.altered));
  join_.reset();
}

void Load::progress_run(Instant now) {
  const std::size_t behind = options_.heads ? rooms_.behind() : 0;
  switch (run_->progress(now, behind)) {
    case Run::Mark::None:
      return;
    case Run::Mark::Begin:
      return answer(R"({"mark":"begin"})");
    case Run::Mark::End:
      return answer(R"({"mark":"end"})");
    case Run::Mark::Done:
      answer(run_->report(behind));
      run_.reset();
      return;
  }
}

void Load::progress_look(Instant now) {
  const auto open = std::count_if(peers_.begin() + look_->peers.first, peers_.begin() + look_->peers.last,
                                  [](const Peer& peer) { return peer.phase != Phase::Closed; });
  if (open > 0 && now < look_->until) return;
  std::string codes;
  std::map<std::uint16_t, std::uint64_t> seen;
  for (std::uint32_t i = look_->peers.first; i < look_->peers.last; ++i) {
    peers_[i].looking = false;
    if (peers_[i].phase == Phase::Closed) ++seen[peers_[i].close_code];
  }
  for (const auto& [code, count] : seen) codes += fmt::format(R"({}"{}":{})", codes.empty() ? "" : ",", code, count);
  answer(fmt::format(R"({{"answer":"look","open":{},"codes":{{{}}}}})", open, codes));
  look_.reset();
}

// ---- the driver

void Load::take_input() {
  std::array<char, 4096> bytes{};
  const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (count <= 0) {
    quit_ = true;
    return;
  }
  input_.append(bytes.data(), static_cast<std::size_t>(count));
  for (std::size_t end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
    const auto command = parse_command(std::string_view(input_).substr(0, end));
    input_.erase(0, end + 1);
    if (!command) {
      std::fputs("wire_load: a command is a verb and name=number pairs\n", stderr);
      std::exit(2);
    }
    obey(*command);
  }
}

Load::Range Load::range(const Command& command) const {
  const auto size = static_cast<std::uint32_t>(peers_.size());
  const auto first = std::min(static_cast<std::uint32_t>(command.number("first", 0)), size);
  return {.first = first,
          .last = first + std::min(static_cast<std::uint32_t>(command.number("count", size)), size - first)};
}

void Load::obey(const Command& command) {
  const Instant now = steady_now();
  const Range peers = range(command);
  if (command.verb == "connect") {
    tally_.joins.clear();
    join_ = Join{.peers = peers,
                 .next = peers.first,
                 .began = now,
                 .events_before = tally_.events,
                 .closed_before = tally_.closed,
                 .put_off_before = tally_.put_off};
  } else if (command.verb == "leave") {
    for (std::uint32_t i = peers.first; i < peers.last; ++i) {
      if (peers_[i].phase == Phase::Closed) continue;
      wire_.close(peers_[i]);
      protocol_->disconnected(peers_[i]);
    }
    answer(R"({"answer":"leave"})");
  } else if (command.verb == "run") {
    const RunPlan plan{.per_s = command.number("per_s", 1),
                       .warm = from_s(command.number("warm_s", 2)),
                       .measure = from_s(command.number("measure_s", 10)),
                       .drain_max = from_s(command.number("drain_s", 30)),
                       .seed = static_cast<std::uint64_t>(command.number("seed", 1))};
    run_.emplace(plan, options_.server_pid, tally_, now);
  } else if (command.verb == "pause") {
    for (std::uint32_t i = peers.first; i < peers.last; ++i) {
      for (const RoomCursor& cursor : peers_[i].rooms) rooms_.left(cursor.place, i);
      wire_.pause(peers_[i]);
    }
    answer(R"({"answer":"pause"})");
  } else if (command.verb == "look") {
    for (std::uint32_t i = peers.first; i < peers.last; ++i) {
      peers_[i].looking = true;
      wire_.unpause(peers_[i]);
    }
    look_ = Look{.peers = peers, .until = now + from_s(command.number("wait_s", 30))};
  } else if (command.verb == "quit") {
    quit_ = true;
  } else {
    std::fprintf(stderr, "wire_load: no such command: %s\n", command.verb.c_str());
    std::exit(2);
  }
}

}  // namespace starling::bench
