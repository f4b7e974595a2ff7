// Between the coordinator and a worker: whole messages on a socket pair, in the memory layout of the one program that
// both are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "loadsim/report/run_result.h"
#include "loadsim/users/faults/fault.h"

namespace starling::load {

struct Command {
  enum class Kind : std::uint8_t {
    Found,      // connect the users who make rooms, and make them
    Ramp,       // connect everybody, over the scenario's ramp, from `at` on
    Load,       // answer with a Tick, then act, from `at` on
    Fault,      // to clients; answer with FaultDone
    Target,     // a node listens on another port now
    NodeDied,   // at `at`: who stays connected waits for its rooms
    Quiesce,    // answer with a Tick, then act no more, follow every room, come to rest
    Freeze,     // hear nothing more
    ListRooms,  // answer with RoomsWatched, then Listed
    Sweep,      // compare what every device saw with the dump at `path`; answer with Swept
    Exit,
  };
  Kind kind = Kind::Exit;
  Instant at{};
  users::Fault fault;
  std::uint32_t fault_index = 0;  // in the schedule
  std::uint32_t node = 0;
  std::uint16_t port = 0;
  bool sweeps_log = false;  // Sweep: this worker checks the log by itself, too
  std::array<char, 512> path{};
};
static_assert(std::is_trivially_copyable_v<Command>);

struct Swept {
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;
  std::uint64_t unknown = 0;    // sends that still had no answer
  std::uint64_t committed = 0;  // of those, found in the log
};

enum class ReportKind : std::uint8_t {
  Tick,          // Counters, Gauges, and for each metric its new values: count of (bucket, count) pairs, then those
  Violation,     // text
  Trouble,       // text: the run cannot go on
  FaultDone,     // index in the schedule, u64 clients hit
  RoomsWatched,  // RoomIds
  Listed,
  Swept,
};

/// Fixed-width fields into one message.
class MessageWriter {
 public:
  explicit MessageWriter(ReportKind kind) { put(kind); }
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void put_text(std::string_view text) { bytes_.append(text); }
  void put_values(const report::Histogram& histogram);
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(bytes_)); }

 private:
  std::string bytes_;
};

class MessageReader {
 public:
  explicit MessageReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <class T>
  T take() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    const auto into = std::as_writable_bytes(std::span(&value, 1));
    std::copy_n(bytes_.begin(), std::min(into.size(), bytes_.size()), into.begin());
    bytes_ = bytes_.subspan(std::min(sizeof(T), bytes_.size()));
    return value;
  }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  void take_values(report::Histogram& histogram);
  bool empty() const { return bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
};

/// One end. Owner: one process.
class Channel {
 public:
  /// Both ends; nothing when the machine has no more descriptors.
  static std::optional<std::pair<Channel, Channel>> pair();

  Channel(Channel&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Channel& operator=(Channel&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Channel();

  int fd() const { return fd_; }
  /// Waits for room. False when the other end is gone.
  bool send(std::span<const std::byte> message) const;
  bool send(const Command& command) const { return send(std::as_bytes(std::span(&command, 1))); }
  /// Does not wait. The message lies in the caller's buffer; empty: there is none. Nothing: the other end is gone.
  std::optional<std::span<const std::byte>> receive(std::vector<std::byte>& buffer) const;

 private:
  explicit Channel(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace starling::load
