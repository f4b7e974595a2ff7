// The connections between devices and the server: ordered or broken, with latency, a writer that drains at once or at a
// reader's pace, and cuts that only one side notices.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "common/wire/codec.h"
#include "loadsim/sim/context.h"
#include "server/ports/shared_frame.h"

namespace starling::sim {

/// A frame on its way to a device, decoded once for all who get it.
struct DownFrame {
  std::shared_ptr<const wire::ServerFrame> frame;
  std::uint32_t bytes = 0;
};

struct Link {
  std::uint32_t attempt = 0;  // counts the connections of a device; what belongs to an earlier one is void
  bool client_end = false;    // the device believes in it
  bool server_end = false;    // the server does
  bool broken = false;        // nothing passes any more
  std::uint16_t close_code = 0;
  bool closing = false;  // the server closes once everything has left

  std::deque<wire::ClientFrame> up;
  std::deque<DownFrame> outbox;  // with the server's writer
  std::deque<DownFrame> down;    // on the wire
  std::uint64_t outbox_bytes = 0;
  bool drain_scheduled = false;
  Instant up_until{};  // the last arrival scheduled: the order is kept
  Instant down_until{};
  std::uint64_t bytes_per_s = 0;  // 0: as fast as it comes
  Instant slow_until{};

  bool slow(Instant now) const { return now < slow_until; }
};

class Network {
 public:
  explicit Network(Context& context) : context_(&context) {}

  void add_device() { links_.emplace_back(); }
  Link& link(std::uint32_t device) { return links_[device]; }
  std::size_t size() const { return links_.size(); }

  // ---- the device's side

  /// A new connection; whatever was left of the last one is void. Returns its attempt.
  std::uint32_t dial(std::uint32_t device);
  void send_up(std::uint32_t device, const wire::ClientFrame& frame);
  /// Happening::LinkUp: nothing when the connection broke meanwhile.
  bool take_up(std::uint32_t device, std::uint64_t attempt, wire::ClientFrame& frame);

  // ---- the server's side

  void send_down(std::uint32_t device, const DownFrame& frame);
  /// Happening::LinkDrained: returns the bytes that have left.
  std::uint32_t drain(std::uint32_t device, std::uint64_t attempt);
  void close_down(std::uint32_t device, std::uint16_t code);
  /// Happening::LinkDown.
  bool take_down(std::uint32_t device, std::uint64_t attempt, DownFrame& frame);

  /// Reads at this pace from now on.
  void slow_down(std::uint32_t device, std::uint64_t bytes_per_s, Instant until);

 private:
  Duration latency(std::uint32_t device);
  void schedule_drain(std::uint32_t device);
  void schedule_hang_up(std::uint32_t device);
  void to_wire(std::uint32_t device, DownFrame frame);

  Context* context_;
  std::vector<Link> links_;
  std::uint64_t latencies_ = 0;
  wire::Decoder decoder_;
  std::string scratch_;
};

}  // namespace starling::sim
