#include "server/core/links.h"

#include <algorithm>

#include "common/base/mutant.h"
#include "common/base/probe.h"

namespace starling::core {
namespace {

/// A thousand a second with the shipped configuration.
constexpr std::size_t kPieceMost = 64;
constexpr std::size_t kPieceLeast = 8;
constexpr std::size_t kPiecesOfAll = 4;
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

/// Whose home is to answer it. Nothing, when it is for connections.
struct Key {
  RoomId room;
  UserId user;
};
Key key_of(const ports::Payload& payload) {
  if (const auto* p = std::get_if<ports::ForwardSend>(&payload)) return {.room = p->send.room, .user = {}};
  if (const auto* p = std::get_if<ports::DisputeEpoch>(&payload)) return {.room = p->room, .user = {}};
  if (const auto* p = std::get_if<ports::AttachDevice>(&payload)) return {.room = {}, .user = p->user};
  if (const auto* p = std::get_if<ports::DetachDevice>(&payload)) return {.room = {}, .user = p->user};
  if (const auto* p = std::get_if<ports::DeviceAway>(&payload)) return {.room = {}, .user = p->user};
  if (const auto* p = std::get_if<ports::MarkRead>(&payload)) return {.room = {}, .user = p->user};
  if (const auto* p = std::get_if<ports::ItemsChanged>(&payload)) return {.room = {}, .user = p->user};
  if (const auto* p = std::get_if<ports::MembershipChanged>(&payload)) return {.room = {}, .user = p->user};
  return {};
}

/// The user whose home has asked it of connections.
UserId asked_for(const ports::Payload& payload) {
  if (const auto* p = std::get_if<ports::UserNotice>(&payload)) return p->user;
  if (const auto* p = std::get_if<ports::DeviceFenced>(&payload)) return p->user;
  return {};
}

/// What a home that lets go of a user has not brought to the devices yet, for the next one to tell. Nothing of a read
/// marker: the store has it.
ports::Payload pass_on(const ports::UserNotice& notice) {
  const UserId user = notice.user;
  const ports::RequestId request = notice.request;
  if (std::holds_alternative<wire::Items>(notice.frame)) return ports::ItemsChanged{.request = request, .user = user};
  RoomId room;
  if (const auto* changed = std::get_if<wire::RoomChanged>(&notice.frame)) room = changed->info.room;
  const auto* list = std::get_if<wire::RoomList>(&notice.frame);
  if (list != nullptr && !list->rooms.empty()) room = list->rooms.front().room;
  if (!room) return ports::Heartbeat{};
  return ports::MembershipChanged{.request = request, .user = user, .room = room};
}

}  // namespace

Links::Links(Turn& turn) : turn_(turn) {
  for (const ShardId shard : turn.view.shards) links_[shard.value].boot = turn.view.boot_of(shard);
  // An answer to an earlier life must find nobody waiting.
  last_request_ = mix64(turn.boot) >> 8;
}

ports::EnvelopeHeader Links::header(ShardId to, bool counted) {
  Link& link = links_[to.value];
  if (counted) ++link.sent;
  return {.from = turn_.self,
          .boot = turn_.boot,
          .to_boot = link.boot,
          .link_seq = link.sent,
          .view = turn_.view.id,
          .sent_at = turn_.now.at};
}

void Links::post(ShardId to, ports::Payload&& payload) {
  if (to == turn_.self) {
    to_self_.push_back(std::move(payload));
    return;
  }
  if (links_[to.value].boot == 0) return;  // nobody is there
  turn_.out->posts.push_back(
      {.to = to, .envelope = {.header = header(to, true), .payload = std::move(payload)}, .also = {}});
}

void Links::publish(std::uint64_t shards, ports::Payload&& payload) {
  const std::uint64_t self = std::uint64_t{1} << turn_.self.value;
  if ((shards & self) != 0) to_self_.push_back(payload);
  post_to_nodes(shards & ~self, std::move(payload), true);
}

void Links::post_to_nodes(std::uint64_t shards, ports::Payload&& payload, bool counted) {
  std::vector<ports::Post>& posts = turn_.out->posts;
  for (const ports::ViewNode& node : turn_.view.nodes) {
    ports::Post* post = nullptr;
    for (std::uint16_t i = 0; i < node.shards; ++i) {
      const ShardId to(static_cast<std::uint16_t>(node.first.value + i));
      if ((shards >> to.value & 1) == 0 || links_[to.value].boot == 0) continue;
      const ports::EnvelopeHeader to_shard = header(to, counted);
      if (post != nullptr) {
        post->also.push_back({.to = to, .link_seq = to_shard.link_seq});
        continue;
      }
      posts.push_back({.to = to, .envelope = {.header = to_shard, .payload = payload}, .also = {}});
      post = &posts.back();
    }
  }
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
  trim_answered();
  return true;
}

void Links::cancel(ports::RequestId id) {
  const auto at = std::ranges::lower_bound(asked_, id, {}, &Asked::id);
  if (at == asked_.end() || at->id != id || at->answered) return;
  blank(*at);
  trim_answered();
}

template <class Which>
void Links::cancel_forwards(Which&& which) {
  if (unanswered_ == 0) return;
  for (Asked& asked : asked_) {
    const auto* forward = std::get_if<ports::ForwardSend>(&asked.payload);
    if (forward != nullptr && which(*forward)) blank(asked);
  }
  trim_answered();
}

void Links::cancel_sends(ConnId conn) {
  cancel_forwards([&](const ports::ForwardSend& forward) { return forward.conn == conn; });
}

void Links::cancel_attempts(ConnId conn, const wire::Send& renumbered) {
  cancel_forwards([&](const ports::ForwardSend& forward) {
    return forward.conn == conn && forward.send.room == renumbered.room &&
           forward.send.client_msg_id == renumbered.client_msg_id;
  });
}

void Links::blank(Asked& asked) {
  --unanswered_;
  unanswered_bytes_ -= asked.bytes;
  asked.answered = true;
  asked.payload = ports::Heartbeat{};
}

void Links::trim_answered() {
  while (!asked_.empty() && asked_.front().answered) asked_.pop_front();
}

// ---- views

/// Who is to be asked in this view; nobody, when whoever asked is to ask anew.
std::optional<ShardId> Links::destination(const Asked& asked, const ports::View& before) const {
  const ports::View& now = turn_.view;
  const auto same_process = [&](ShardId shard) { return now.boot_of(shard) == before.boot_of(shard); };
  const Key key = key_of(asked.payload);
  if (key.room) return turn_.home(key.room);
  if (key.user) return turn_.home(key.user);
  if (std::holds_alternative<ports::Heartbeat>(asked.payload)) return std::nullopt;
  const UserId user = asked_for(asked.payload);
  if (user && turn_.home(user) != turn_.self) return std::nullopt;
  if (const auto* heads = std::get_if<ports::AskHeads>(&asked.payload)) {
    const auto moved = [&](RoomId room) { return ports::has_moved(before, now, room); };
    if (std::ranges::any_of(heads->rooms, moved)) return std::nullopt;
  }
  return same_process(asked.to) ? std::optional(asked.to) : std::nullopt;
}

/// Who keeps its lease now learns of this view by it; whoever does not, has asked for its last one before this view began.
void Links::enter_view() {
  // Nobody was anywhere before the first, and nobody else is where one is alone.
  const bool known = turn_.view.id == ViewId(1) || turn_.view.nodes.size() == 1;
  settles_at_ = known ? turn_.now.at : turn_.now.at + turn_.config.node_lease;
  if (turn_.view.shards.size() > 1) turn_.schedule.arm(Chore::Heartbeat, turn_.now.at);
}

void Links::heard_in_view(Link& link) {
  if (std::exchange(link.heard_in, turn_.view.id) == turn_.view.id || settled()) return;
  for (const ShardId shard : turn_.view.shards) {
    if (shard != turn_.self && links_[shard.value].heard_in != turn_.view.id) return;
  }
  settles_at_ = turn_.now.at;
  turn_.schedule.arm(Chore::Settled, settles_at_);
}

void Links::view_changed(const ports::View& before) {
  for (std::uint16_t shard = 0; shard < links_.size(); ++shard) {
    const std::uint64_t boot = turn_.view.boot_of(ShardId(shard));
    if (links_[shard].boot == boot) continue;
    probe(Probe::link_boot_changed, links_[shard].boot != 0 && boot != 0);
    links_[shard] = {.boot = boot};
  }
  enter_view();
  for (Asked& asked : asked_) {
    if (asked.answered) continue;
    const auto* notice = std::get_if<ports::UserNotice>(&asked.payload);
    if (notice != nullptr && turn_.home(notice->user) != turn_.self) asked.payload = pass_on(*notice);
    const auto to = destination(asked, before);
    probe(Probe::request_moved, to && *to != asked.to);
    if (to && *to != turn_.self) {
      asked.to = *to;
      asked.sent_at = turn_.now.at - turn_.config.forward_retry;
      continue;
    }
    if (to) to_self_.push_back(std::move(asked.payload));
    blank(asked);
  }
  trim_answered();
  if (unanswered_ > 0) turn_.schedule.arm(Chore::Resend, turn_.now.at);
}

/// What is due goes a piece at a time: a flood of repeats would push itself out of the ring, and the answers with it, and
/// be due again all at once. So the piece is small where little waits, however large the ring is.
void Links::resend() {
  const Duration retry = turn_.config.forward_retry;
  const bool may = turn_.now.at >= next_piece_at_;
  const std::size_t most = may ? std::clamp(unanswered_ / kPiecesOfAll, kPieceLeast, kPieceMost) : 0;
  std::size_t sent = 0;
  Instant next = kNever;
  for (Asked& asked : asked_) {
    if (asked.answered) continue;
    if (sent < most && asked.sent_at + retry <= turn_.now.at) {
      ++sent;
      asked.sent_at = turn_.now.at;
      post(asked.to, ports::Payload(asked.payload));
    }
    next = std::min(next, asked.sent_at + retry);
  }
  if (sent > 0) next_piece_at_ = turn_.now.at + retry / kResendSteps;
  if (next != kNever) turn_.schedule.arm(Chore::Resend, std::max(next, next_piece_at_));
}

void Links::heartbeat() {
  if (mutant(Mutant::M6_NoDigests)) return;
  post_to_nodes(~(std::uint64_t{1} << turn_.self.value), ports::Heartbeat{}, false);
}

Links::Arrival Links::arrive(const ports::EnvelopeHeader& header, bool heartbeat) {
  if (header.from.value >= links_.size() || header.from == turn_.self) return Arrival::Stale;
  turn_.out->view_is_old = turn_.out->view_is_old || header.view > turn_.view.id;
  probe(Probe::stale_view_rejected, header.view < turn_.view.id);
  Link& link = links_[header.from.value];
  const bool of_this_view = header.view == turn_.view.id && header.boot == link.boot;
  const bool to_another_life = header.to_boot != 0 && header.to_boot != turn_.boot;
  if (!of_this_view || to_another_life) return Arrival::Stale;
  link.heard_at = turn_.now.at;
  heard_in_view(link);
  const std::uint64_t before = heartbeat ? header.link_seq : header.link_seq - 1;
  // Late or doubled: the loss of it has been noticed already, or it was handled.
  if (!heartbeat && header.link_seq <= link.seen) return Arrival::Stale;
  const bool lost = before > link.seen;
  link.seen = std::max(link.seen, header.link_seq);
  return lost ? Arrival::AfterLoss : Arrival::InOrder;
}

bool Links::silent(ShardId shard) const {
  return shard != turn_.self &&
         links_[shard.value].heard_at + kSilentHeartbeats * turn_.config.link_heartbeat < turn_.now.at;
}

}  // namespace starling::core
