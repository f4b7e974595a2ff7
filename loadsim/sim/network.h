// The connections between devices and the server: ordered or broken, with latency, a writer that drains at once or at a
// reader's pace, and cuts that neither side need notice. In message mode a frame passes the protocol's codec; in byte mode
// also WebSocket framing, coalesced and cut anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/wire/codec.h"
#include "common/ws/parser.h"
#include "loadsim/sim/context.h"
#include "server/ports/shared_frame.h"

namespace starling::sim {

/// A frame on its way to a device, decoded once for all who get it.
struct DownFrame {
  std::shared_ptr<const wire::ServerFrame> frame;
  ports::SharedFrame raw;
  std::uint32_t bytes() const { return static_cast<std::uint32_t>(raw.size()); }
};

struct Link {
  std::uint32_t attempt = 0;  // counts the connections of a device; what belongs to an earlier one is void
  std::uint32_t node = 0;     // where its server end is
  std::uint32_t wanted = 0;   // the node that a server has named, by its own number; 0: none
  bool client_end = false;    // the device believes in it
  bool server_end = false;    // the server does
  bool broken = false;        // nothing passes any more
  bool closing = false;       // the server closes once everything has left
  std::uint16_t close_code = 0;

  /// One arrival: a frame in message mode, else bytes.
  struct Up {
    wire::ClientFrame frame;
    std::vector<std::byte> bytes;
  };
  struct Down {
    std::shared_ptr<const wire::ServerFrame> frame;
    std::vector<std::byte> bytes;
  };
  /// What each end has read of a frame, in byte mode.
  struct Parsers {
    ws::Parser server{ws::Role::Server};
    ws::Parser client{ws::Role::Client};
  };

  std::deque<Up> up;
  std::deque<DownFrame> outbox;      // with the server's writer
  std::deque<Down> down;             // on the wire
  std::unique_ptr<Parsers> parsers;  // byte mode
  std::uint64_t outbox_bytes = 0;
  bool drain_scheduled = false;
  Instant up_until{};  // the last arrival scheduled: the order is kept
  Instant down_until{};

  // Of the device's line, whatever the connection.
  std::uint64_t bytes_per_s = 0;  // while slow
  Instant slow_until{};
  Instant stalled_until{};      // packets are repeated until they pass
  Instant unreachable_until{};  // no connection can be made

  bool slow(Instant now) const { return now < slow_until; }
  /// Which connection, for Happening::ServerNotices: the node may have to do with it long after the device's next one.
  std::uint64_t server_key() const { return std::uint64_t{node} << 32 | attempt; }
};

class Network {
 public:
  explicit Network(Context& context) : context_(&context) {}

  void add_device() { links_.emplace_back(); }
  Link& link(std::uint32_t device) { return links_[device]; }
  const Link& link(std::uint32_t device) const { return links_[device]; }

  // ---- the device's side

  /// A new connection; whatever was left of the last one is void. Returns its attempt.
  std::uint32_t dial(std::uint32_t device);
  void send_up(std::uint32_t device, const wire::ClientFrame& frame);
  /// Happening::LinkUp: appends what is complete; nothing when the connection broke meanwhile.
  void take_up(std::uint32_t device, std::uint64_t attempt, std::vector<wire::ClientFrame>& frames);
  /// The device gives the connection up; the server notices when the news gets there, or by its own patience.
  void hang_up(std::uint32_t device);

  // ---- the server's side

  void send_down(std::uint32_t device, const DownFrame& frame);
  /// Happening::LinkDrained: returns the bytes that have left.
  std::uint32_t drain(std::uint32_t device, std::uint64_t attempt);
  void close_down(std::uint32_t device, std::uint16_t code);
  /// Happening::LinkDown: appends what is complete.
  void take_down(std::uint32_t device, std::uint64_t attempt,
                 std::vector<std::shared_ptr<const wire::ServerFrame>>& frames);

  // ---- faults

  /// Reads at this pace.
  void slow_down(std::uint32_t device, std::uint64_t bytes_per_s, Instant until);
  /// Nothing passes: the connection is lost and each end finds out by itself, or stalls and goes on.
  void cut(std::uint32_t device, Instant until, std::uint64_t random);
  /// Every connection is reset: nothing that is under way arrives.
  void reset_all();
  /// Every line works again, and what is broken is noticed soon.
  void heal();

 private:
  Duration latency(std::uint32_t device);
  std::uint64_t random() { return context_->next_draw(Stream::Segment, 0, segments_); }
  void schedule_drain(std::uint32_t device);
  void schedule_hang_up(std::uint32_t device);
  void to_wire(std::uint32_t device, DownFrame frame, std::vector<std::byte>& written);
  void write_bytes(std::uint32_t device, std::span<const std::byte> bytes);
  Instant arrival(std::uint32_t device, Instant& until);

  Context* context_;
  std::vector<Link> links_;
  std::uint64_t latencies_ = 0;
  std::uint64_t segments_ = 0;
  wire::Decoder decoder_;
  std::string scratch_;
};

}  // namespace starling::sim
