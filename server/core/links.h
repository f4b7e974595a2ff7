// The links to the other shards. They may lose anything: every envelope is numbered, a heartbeat repeats the last
// number, and a number that was skipped tells that something was lost. What needs an answer is kept until it comes, and
// asked again. What a shard says to itself is handled within the same turn and cannot get lost.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "server/core/turn.h"
#include "server/ports/envelope.h"

namespace starling::core {

class Links {
 public:
  explicit Links(Turn& turn);

  void post(ShardId to, ports::Payload&& payload);
  /// To each shard of the mask: once a node, whatever shards of it there are.
  void publish(std::uint64_t shards, ports::Payload&& payload);
  /// Repeated until answered(); returns its number.
  template <class Request>
  ports::RequestId ask(ShardId to, Request request) {
    request.request = ++last_request_;
    if (to != turn_.self) remember(to, request);
    const ports::RequestId id = request.request;
    post(to, std::move(request));
    return id;
  }
  /// False when nobody waits for this answer any more: it came before.
  bool answered(ShardId from, ports::RequestId id);
  void cancel(ports::RequestId id);
  /// The client repeats its sends by itself: those of a connection that has ended are not asked again.
  void cancel_sends(ConnId conn);
  /// Nor those of a message that the connection sends under a new number: its old one may be the next of all by now.
  void cancel_attempts(ConnId conn, const wire::Send& renumbered);
  std::size_t unanswered() const { return unanswered_; }
  /// True when so much more may be kept. What comes from clients asks first.
  bool takes(std::size_t bytes) const { return unanswered_bytes_ + bytes <= turn_.config.shard_queue_bytes_max; }

  enum class Arrival : std::uint8_t {
    InOrder,
    AfterLoss,
    Stale,  // not to be looked at
  };
  Arrival arrive(const ports::EnvelopeHeader& header, bool heartbeat);
  /// Several heartbeats of the shard have not come: it may have said what nobody will repeat for it.
  bool silent(ShardId shard) const;

  /// The view is new to this shard: the others hear so at once.
  void enter_view();
  /// Everybody has been heard in this view, or was in an earlier one for longer than any lease of that time lasts: nobody
  /// answers any more for what has its home here now.
  bool settled() const { return turn_.now.at >= settles_at_; }
  Instant settles_at() const { return settles_at_; }
  /// The view is another: what waits for an answer is asked of whoever is home now.
  void view_changed(const ports::View& before);

  void heartbeat();
  void resend();

  std::optional<ports::Payload> next_to_self();
  bool has_to_self() const { return to_self_next_ < to_self_.size(); }

 private:
  struct Link {
    std::uint64_t sent = 0;
    std::uint64_t seen = 0;
    std::uint64_t boot = 0;  // of the process in the view; 0: none
    Instant heard_at{};
    ViewId heard_in;
  };
  struct Asked {
    ports::RequestId id = 0;
    ShardId to;
    bool answered = false;  // stays as a blank until it is the oldest
    std::size_t bytes = 0;
    Instant sent_at{};
    ports::Payload payload;
  };

  void remember(ShardId to, ports::Payload payload);
  template <class Which>
  void cancel_forwards(Which&& which);
  void blank(Asked& asked);
  void trim_answered();
  std::optional<ShardId> destination(const Asked& asked, const ports::View& before) const;
  ports::EnvelopeHeader header(ShardId to, bool counted);
  void heard_in_view(Link& link);
  void post_to_nodes(std::uint64_t shards, ports::Payload&& payload, bool counted);

  Turn& turn_;
  std::array<Link, ports::kShardsMax> links_;  // by shard
  Instant settles_at_ = kNever;
  std::deque<Asked> asked_;  // by id ascending
  Instant next_piece_at_{};  // of what is asked again
  std::size_t unanswered_ = 0;
  std::size_t unanswered_bytes_ = 0;
  ports::RequestId last_request_ = 0;
  std::vector<ports::Payload> to_self_;
  std::size_t to_self_next_ = 0;
};

}  // namespace starling::core
