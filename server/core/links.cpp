#include "server/core/links.h"

#include <algorithm>

#include "common/base/mutant.h"
#include "common/base/probe.h"

namespace starling::core {
namespace {

/// A thousand and more a second with the shipped configuration.
constexpr std::size_t kResentAtOnce = 64;
constexpr int kResendSteps = 16;
constexpr int kSilentHeartbeats = 4;  // a second with the shipped configuration; G5 allows two

/// What a request keeps beside itself.
std::size_t bytes_beside(const ports::Payload& payload) {
  if (const auto* send = std::get_if<ports::ForwardSend>(&payload)) return send->send.body.size();
  if (const auto* heads = std::get_if<ports::AskHeads>(&payload)) return heads->rooms.size() * sizeof(RoomId);
  const auto* notice = std::get_if<ports::UserNotice>(&payload);
  if (notice == nullptr) return 0;
  std::size_t bytes = notice->conns.size() * sizeof(ConnId);
  if (const auto* list = std::get_if<wire::RoomList>(&notice->frame)) {
    for (const wire::RoomInfo& room : list->rooms) bytes += sizeof(wire::RoomInfo) + room.title.size();
  }
  return bytes;
}

}  // namespace

Links::Links(Turn& turn) : turn_(turn) {
  std::uint16_t highest = turn.self.value;
  for (const ShardId shard : turn.view.shards) highest = std::max(highest, shard.value);
  links_.resize(std::size_t{highest} + 1);
  // An answer to an earlier life must find nobody waiting.
  last_request_ = mix64(turn.boot) >> 8;
}

ports::EnvelopeHeader Links::header(ShardId to, bool counted) {
  Link& link = links_[to.value];
  if (counted) ++link.sent;
  return {.from = turn_.self,
          .boot = turn_.boot,
          .to_boot = link.boot_seen,
          .link_seq = link.sent,
          .view = turn_.view.id,
          .sent_at = turn_.now.at};
}

void Links::post(ShardId to, ports::Payload&& payload) {
  if (to == turn_.self) {
    to_self_.push_back(std::move(payload));
    return;
  }
  turn_.out->posts.push_back({.to = to, .envelope = {.header = header(to, true), .payload = std::move(payload)}});
}

std::optional<ports::Payload> Links::next_to_self() {
  if (to_self_next_ == to_self_.size()) {
    to_self_.clear();
    to_self_next_ = 0;
    return std::nullopt;
  }
  return std::move(to_self_[to_self_next_++]);
}

void Links::remember(ShardId to, ports::Payload payload) {
  const std::size_t bytes = sizeof(Asked) + bytes_beside(payload);
  asked_.push_back(
      {.id = last_request_, .to = to, .bytes = bytes, .sent_at = turn_.now.at, .payload = std::move(payload)});
  ++unanswered_;
  unanswered_bytes_ += bytes;
  turn_.schedule.arm(Chore::Resend, turn_.now.at + turn_.config.forward_retry);
}

bool Links::answered(ShardId from, ports::RequestId id) {
  if (from == turn_.self || id == 0) return true;
  const auto at = std::ranges::lower_bound(asked_, id, {}, &Asked::id);
  if (at == asked_.end() || at->id != id || at->answered) return false;
  blank(*at);
  return true;
}

void Links::cancel(ports::RequestId id) {
  const auto at = std::ranges::lower_bound(asked_, id, {}, &Asked::id);
  if (at != asked_.end() && at->id == id && !at->answered) blank(*at);
}

void Links::cancel_sends(ConnId conn) {
  if (unanswered_ == 0) return;
  for (Asked& asked : asked_) {
    const auto* forward = std::get_if<ports::ForwardSend>(&asked.payload);
    if (forward == nullptr || forward->conn != conn) continue;
    --unanswered_;
    unanswered_bytes_ -= asked.bytes;
    asked.answered = true;
    asked.payload = ports::Heartbeat{};
  }
}

void Links::forget_connections(ShardId shard) {
  std::vector<ports::RequestId> void_now;
  for (const Asked& asked : asked_) {
    const bool to_connections = std::holds_alternative<ports::DeviceFenced>(asked.payload) ||
                                std::holds_alternative<ports::UserNotice>(asked.payload);
    if (!asked.answered && asked.to == shard && to_connections) void_now.push_back(asked.id);
  }
  for (const ports::RequestId id : void_now) cancel(id);
}

void Links::blank(Asked& asked) {
  --unanswered_;
  unanswered_bytes_ -= asked.bytes;
  asked.answered = true;
  asked.payload = ports::Heartbeat{};
  while (!asked_.empty() && asked_.front().answered) asked_.pop_front();
}

/// What is due goes a piece at a time: a flood of repeats would push itself out of the ring, and the answers with it.
void Links::resend() {
  std::size_t sent = 0;
  for (Asked& asked : asked_) {
    if (asked.answered) continue;
    Instant due = asked.sent_at + turn_.config.forward_retry;
    if (due <= turn_.now.at && sent < kResentAtOnce) {
      ++sent;
      asked.sent_at = turn_.now.at;
      post(asked.to, ports::Payload(asked.payload));
      due = turn_.now.at + turn_.config.forward_retry;
    }
    turn_.schedule.arm(Chore::Resend, std::max(due, turn_.now.at + turn_.config.forward_retry / kResendSteps));
  }
}

void Links::heartbeat() {
  if (mutant(Mutant::M6_NoDigests)) return;
  for (const ShardId shard : turn_.view.shards) {
    if (shard == turn_.self) continue;
    turn_.out->posts.push_back(
        {.to = shard, .envelope = {.header = header(shard, false), .payload = ports::Heartbeat{}}});
  }
}

Links::Arrival Links::arrive(const ports::EnvelopeHeader& header, bool heartbeat) {
  if (header.from.value >= links_.size() || header.from == turn_.self || header.view != turn_.view.id) {
    return Arrival::Stale;
  }
  Link& link = links_[header.from.value];
  const bool to_another_life = header.to_boot != 0 && header.to_boot != turn_.boot;
  if (to_another_life || header.boot < link.boot_seen) return Arrival::Stale;
  const bool reborn = link.boot_seen != 0 && link.boot_seen != header.boot;
  if (link.boot_seen != header.boot) {
    link.boot_seen = header.boot;
    link.seen = 0;
  }
  link.heard_at = turn_.now.at;
  const std::uint64_t before = heartbeat ? header.link_seq : header.link_seq - 1;
  // Late or doubled: the loss of it has been noticed already, or it was handled.
  if (!heartbeat && header.link_seq <= link.seen) return Arrival::Stale;
  const bool lost = before > link.seen;
  link.seen = std::max(link.seen, header.link_seq);
  probe(Probe::link_boot_changed, reborn);
  if (reborn) return Arrival::Reborn;
  return lost ? Arrival::AfterLoss : Arrival::InOrder;
}

bool Links::silent(ShardId shard) const {
  return shard != turn_.self &&
         links_[shard.value].heard_at + kSilentHeartbeats * turn_.config.link_heartbeat < turn_.now.at;
}

}  // namespace starling::core
