// The directory's thread: connects, logs in, asks, and gives up what takes too long.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/complaints.h"
#include "server/directory/connection.h"
#include "server/directory/shared.h"
#include "server/directory/tail_values.h"

namespace starling::directory {

/// Of the directory's thread.
class Loop {
 public:
  explicit Loop(Shared& shared);

  /// Until shared.stop.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  enum class Asked : std::uint8_t { LogIn, LoadAppend, LoadRead, Append, Forget, Read };
  /// A command, in the order in which the answers come.
  struct InFlight {
    Asked asked = Asked::Append;
    Time since;
    std::size_t bytes = 0;
    ShardId shard;            // Read:
    std::uint64_t id = 0;     // likewise
    ports::ReadTail request;  // likewise
    bool answered = false;    // likewise: without the server
  };

  // The connection.
  void connect();
  void log_in();
  void log_in_answered(Asked asked, const redisReply& reply);
  void close(const std::string& why);
  bool is_ready() const { return shared_.ready.load(std::memory_order_relaxed); }

  // Operations.
  void take_ops();
  void submit(Shared::Op&& op);
  void append(const ports::AppendTail& request);
  void forget(RoomId room);
  void read(ShardId shard, std::uint64_t id, const ports::ReadTail& request);
  std::string key_of(RoomId room) const;
  void command(InFlight entry, std::span<const std::string_view> words);

  // Answers.
  void on_reply(const redisReply* reply);
  void read_answered(const InFlight& entry, const redisReply* reply);
  void failed(const std::string& error);
  void give_up_late();

  Time next_deadline() const;
  void wait();

  Shared& shared_;
  Complaints complaints_;
  Address address_;
  std::unique_ptr<Connection> connection_;  // null: there is none until connect_at_
  std::string close_why_;                   // not empty: once hiredis is done
  Time connect_at_;
  std::chrono::milliseconds back_off_;
  std::string append_script_;  // its SHA-1; empty: not loaded
  std::string read_script_;
  std::deque<InFlight> in_flight_;
  std::size_t in_flight_bytes_ = 0;
  Time heard_at_;
  TailReader reader_;
  std::vector<Shared::Op> ops_;
  std::vector<std::string> words_;  // reused by append()
};

}  // namespace starling::directory
