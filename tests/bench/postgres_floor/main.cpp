// postgres_floor: what a commit costs PostgreSQL when nothing but the call is paid for. One thread sends commit_batch down
// a few connections in pipeline mode, one call of a room at a time, and does nothing with the answers. It is asked like
// wire_load, line by line:
//   run per_s=R rows=B warm_s=W measure_s=M     per_s messages a second (0: as many as go), B a batch on the average;
//                                               {"mark":"begin"} and {"mark":"end"} come in between
#include <fmt/format.h>
#include <poll.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdio>
#include <deque>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/postgres_floor/connection.h"
#include "tests/bench/postgres_floor/rooms.h"
#include "tests/bench/wire_load/clock.h"
#include "tests/bench/wire_load/command.h"
#include "tests/bench/wire_load/schedule.h"

namespace starling::bench {
namespace {

/// Without a rate, each connection has so many calls under way.
constexpr std::size_t kDepth = 32;

void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

class Floor {
 public:
  Floor(const std::string& conninfo, std::uint32_t connections, std::uint32_t rooms, std::uint32_t body_bytes)
      : rooms_(conninfo, rooms, body_bytes) {
    for (std::uint32_t i = 0; i < connections; ++i) connections_.push_back(std::make_unique<FloorConnection>(conninfo));
    for (std::uint32_t room = 0; room < rooms; ++room) idle_.push_back(room);
  }

  void run(const Command& command) {
    const double per_s = command.number("per_s", 0);
    const double rows = command.number("rows", 1);
    const Instant begin = steady_now() + seconds(command.number("warm_s", 2));
    const Instant end = begin + seconds(command.number("measure_s", 10));
    Schedule schedule(per_s > 0 ? per_s / rows : 1, 1, steady_now());
    accepted_ = 0;
    std::uint64_t before = 0;
    bool measuring = false;
    for (Instant now = steady_now(); now < end; now = steady_now()) {
      if (!measuring && now >= begin) {
        measuring = true;
        before = accepted_;
        say(R"({"mark":"begin"})");
      }
      if (per_s > 0) {
        for (; schedule.next() <= now && !idle_.empty(); schedule.advance()) send(rows);
      } else {
        while (!idle_.empty() && least_busy().in_flight() < kDepth) send(rows);
      }
      wait(std::min(end, per_s > 0 ? schedule.next() : end));
    }
    const std::uint64_t accepted = accepted_ - before;
    say(R"({"mark":"end"})");
    while (idle_.size() < rooms_.size()) wait(steady_now() + std::chrono::seconds(1));
    say(fmt::format(R"({{"answer":"run","accepted":{},"per_s":{:.0f}}})", accepted,
                    static_cast<double>(accepted) / std::chrono::duration<double>(end - begin).count()));
  }

 private:
  static Duration seconds(double s) { return Duration(static_cast<Duration::rep>(s * 1e9)); }

  /// As the server does it, a room's calls take one connection.
  FloorConnection& connection_of(std::uint32_t room) { return *connections_[room % connections_.size()]; }
  FloorConnection& least_busy() { return connection_of(idle_.front()); }

  void send(double rows) {
    const std::uint32_t room = idle_.front();
    idle_.pop_front();
    connection_of(room).send(room, rooms_.next_batch(room, rows));
  }

  void wait(Instant until) {
    std::vector<pollfd> fds;
    for (const auto& each : connections_) {
      fds.push_back({.fd = each->fd(),
                     .events = static_cast<short>(each->has_output() ? POLLIN | POLLOUT : POLLIN),
                     .revents = 0});
    }
    const Duration left = std::max(Duration::zero(), until - steady_now());
    const timespec timeout{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
    ::ppoll(fds.data(), fds.size(), &timeout, nullptr);
    for (const auto& each : connections_) {
      for (const std::uint32_t room : each->advance()) {
        accepted_ += rooms_.rows_in_flight(room);
        idle_.push_back(room);
      }
    }
  }

  FloorRooms rooms_;
  std::vector<std::unique_ptr<FloorConnection>> connections_;
  std::deque<std::uint32_t> idle_;  // without a call under way
  std::uint64_t accepted_ = 0;
};

}  // namespace
}  // namespace starling::bench

int main(int argc, char** argv) {
  CLI::App cli("What a commit costs PostgreSQL when nothing but the call is paid for");
  std::string conninfo;
  std::uint32_t connections = 4;
  std::uint32_t rooms = 1000;
  std::uint32_t body_bytes = 128;
  cli.add_option("--conninfo", conninfo, "Of the primary")->required();
  cli.add_option("--connections", connections, "To it")->check(CLI::PositiveNumber);
  cli.add_option("--rooms", rooms, "Which are made")->check(CLI::PositiveNumber);
  cli.add_option("--body", body_bytes, "Bytes of a message");
  CLI11_PARSE(cli, argc, argv);
  starling::bench::Floor floor(conninfo, connections, rooms, body_bytes);
  starling::bench::say(R"({"answer":"ready"})");
  for (std::string line; std::getline(std::cin, line);) {
    const auto command = starling::bench::parse_command(line);
    if (!command || command->verb != "run") {
      std::fputs("postgres_floor: a command is run and name=number pairs\n", stderr);
      return 2;
    }
    floor.run(*command);
  }
}
