#include "tests/unit/core/rig.h"

#include <algorithm>

namespace starling::core::testing {

std::vector<std::uint64_t> Heard::seqs(RoomId room) const {
  std::vector<std::uint64_t> found;
  for (const wire::Event& event : all<wire::Event>()) {
    if (event.room == room) found.push_back(event.seq.value);
  }
  return found;
}

wire::SyncedRoom Heard::synced(RoomId room) const {
  wire::SyncedRoom last{.room = RoomId(), .status = wire::SyncStatus::Off};
  for (const wire::Synced& frame : all<wire::Synced>()) {
    for (const wire::SyncedRoom& each : frame.rooms) {
      if (each.room == room) last = each;
    }
  }
  return last;
}

Rig::Rig(std::uint32_t shards, Config config) : config_(config), next_index_(shards) {
  view_.id = ViewId(1);
  for (std::uint16_t i = 0; i < shards; ++i) view_.add({.first = ShardId(i), .shards = 1});
  restart_shards();
  for (std::size_t i = 0; i < std::variant_size_v<ports::StoreRequest>; ++i) submitted_[i] = 0;
}

void Rig::restart_shards() {
  ++boot_;
  shards_.clear();
  held_.clear();
  for (ports::ViewNode& node : view_.nodes) node.boot = boot_;
  for (const ShardId shard : view_.shards) {
    shards_.push_back(std::make_unique<Shard>(config_, shard, view_, boot_, boot_ * 100 + shard.value));
  }
}

void Rig::restart_shard(std::uint32_t shard, std::uint32_t untold) {
  ++boot_;
  std::erase_if(held_, [&](const auto& each) { return each.first == shard; });
  std::erase_if(heard_, [&](const auto& each) { return each.first.shard == shard; });
  next_index_[shard] = 0;
  const ShardId name(static_cast<std::uint16_t>(shard));
  change_view(
      [&](std::vector<ports::ViewNode>& nodes) {
        std::erase_if(nodes, [&](const ports::ViewNode& node) { return node.first == name; });
        nodes.push_back({.first = name, .shards = 1, .boot = boot_});
      },
      {shard, untold});
  shards_[shard] = std::make_unique<Shard>(config_, name, view_, boot_, boot_ * 100 + shard);
  input(shard, DeadlineReached{});
}

template <class Change>
void Rig::change_view(Change&& change, std::initializer_list<std::uint32_t> except) {
  std::vector<ports::ViewNode> nodes = view_.nodes;
  change(nodes);
  view_ = {.id = view_.id.next()};
  for (const ports::ViewNode& node : nodes) view_.add(node);
  for (const ShardId shard : view_.shards) {
    if (std::ranges::find(except, shard.value) == except.end()) input(shard.value, ViewChanged{view_});
  }
}

void Rig::put_out(std::uint32_t shard) {
  change_view(
      [&](std::vector<ports::ViewNode>& nodes) {
        std::erase_if(nodes, [&](const ports::ViewNode& node) { return node.first.value == shard; });
      },
      {shard});
}

void Rig::leave(std::uint32_t shard, bool told) {
  change_view(
      [&](std::vector<ports::ViewNode>& nodes) {
        std::ranges::find(nodes, ShardId(static_cast<std::uint16_t>(shard)), &ports::ViewNode::first)->leaving = true;
      },
      {shard});
  if (told) hear_view(shard);
}

// ---- connections

End Rig::connect(UserId user, DeviceId device, std::uint64_t rooms_version, std::uint32_t shard, ports::Grants grants) {
  const End end = next_end(shard);
  ++next_index_[shard];
  Connected connected{.conn = end.conn,
                      .claims = {.user = user, .device = device, .grants = grants},
                      .hello = {.rooms_version = rooms_version},
                      .ticket = "ticket"};
  input(shard, std::move(connected));
  return end;
}

void Rig::say(End end, wire::ClientFrame frame) {
  input(end.shard, FrameReceived{.conn = end.conn, .frame = std::move(frame)});
}

void Rig::disconnect(End end, bool left) { input(end.shard, Disconnected{.conn = end.conn, .left = left}); }

void Rig::drain(End end) {
  stuck_[end] = false;
  const std::uint32_t bytes = std::exchange(heard_[end].queued, 0);
  if (bytes > 0) input(end.shard, Drained{.conn = end.conn, .bytes = bytes});
}

void Rig::forget_heard() {
  for (auto& [end, heard] : heard_) heard.frames.clear();
}

void Rig::sync(End end, wire::Cursor cursor, wire::SyncMode mode, RoomId room, Seq floor) {
  say(end, wire::Sync{.rooms = {{.room = room, .cursor = cursor, .floor = floor, .mode = mode}}});
}

wire::Send Rig::message(std::uint32_t cseq, std::string body, std::uint32_t epoch, RoomId room) {
  return {.room = room,
          .epoch = Epoch(epoch),
          .cseq = Cseq(cseq),
          .client_msg_id = ClientMsgId(1000 + cseq),
          .body = std::move(body)};
}

wire::Cursor Rig::at(std::uint64_t seq, RoomId room) {
  const FakeRoom& r = store.room(room);
  return {.epoch = r.epoch, .seq = Seq(seq), .hash = r.hash_at(Seq(seq))};
}
wire::Send Rig::add_member(UserId subject, RoomId room) {
  return {.room = room,
          .epoch = Epoch(1),
          .cseq = Cseq(1),
          .client_msg_id = ClientMsgId(1),
          .kind = wire::EventKind::MemberAdd,
          .subject = subject,
          .role = wire::Role::Member};
}

wire::Cursor Rig::at_head(RoomId room) { return at(store.room(room).head().value, room); }

// ---- the store

void Rig::let_store_run() {
  hold_store_ = false;
  while (!held_.empty()) complete_next();
}

ports::StoreRequest Rig::take_held() {
  ports::StoreRequest request = std::move(held_.front().second.request);
  held_.pop_front();
  return request;
}

void Rig::complete_next(ports::StoreStatus status) {
  ASSERT_FALSE(held_.empty());
  auto [shard, op] = std::move(held_.front());
  held_.pop_front();
  ports::StoreCompletion done{.id = op.id, .status = status, .result = ports::Done{}};
  if (status == ports::StoreStatus::Ok) {
    done.result = store.execute(std::move(op.request));
  } else if (auto* batch = std::get_if<ports::CommitBatch>(&op.request)) {
    done.result = ports::Committed{.batch = std::move(*batch)};
  }
  input(shard, StoreCompleted{std::move(done)});
}

void Rig::complete_next_unknown(bool took_effect) {
  ASSERT_FALSE(held_.empty());
  if (took_effect) store.execute(ports::StoreRequest(held_.front().second.request));
  complete_next(ports::StoreStatus::Unknown);
}

// ---- turns

void Rig::input(std::uint32_t shard, Input&& in) {
  inputs_.emplace_back(shard, std::move(in));
  run();
}

void Rig::run() {
  if (std::exchange(running_, true)) return;
  Effects effects;
  while (!inputs_.empty()) {
    auto [shard, in] = std::move(inputs_.front());
    inputs_.pop_front();
    effects.clear();
    shards_[shard]->on(now_, std::move(in), effects);
    carry_out(shard, effects);
  }
  running_ = false;
}

void Rig::carry_out(std::uint32_t shard, Effects& effects) {
  for (const Effects::Send& send : effects.sends) {
    auto decoded = wire::decode_server(send.frame.payload());
    ASSERT_TRUE(decoded.has_value());
    ASSERT_LE(send.first + send.count, effects.recipients.size());
    for (std::uint32_t i = send.first; i < send.first + send.count; ++i) {
      const End end{.shard = shard, .conn = effects.recipients[i]};
      Heard& heard = heard_[end];
      const auto bytes = static_cast<std::uint32_t>(send.frame.size());
      heard.frames.push_back(*decoded);
      if (on_frame) on_frame(end, *decoded);
      if (stuck_[end]) {
        heard.queued += bytes;
      } else {
        inputs_.emplace_back(shard, Drained{.conn = end.conn, .bytes = bytes});
      }
    }
  }
  for (const Effects::Close& close : effects.closes) {
    const End end{.shard = shard, .conn = close.conn};
    heard_[end].closed = true;
    heard_[end].reason = close.reason;
    if (on_close) on_close(end, close.reason);
  }
  for (ports::Post& post : effects.posts) {
    ports::unpack(std::move(post), [&](ShardId to, ports::Envelope&& envelope) {
      if (lose && lose(ShardId(static_cast<std::uint16_t>(shard)), to, envelope.payload)) return;
      inputs_.emplace_back(to.value, EnvelopeReceived{std::move(envelope)});
    });
  }
  for (ports::StoreOp& op : effects.store) {
    ++submitted_[op.request.index()];
    held_.emplace_back(shard, std::move(op));
  }
  for (const ports::DirectoryOp& op : effects.directory) ask_directory(shard, op);
  while (!hold_store_ && !held_.empty()) complete_next();
}

void Rig::ask_directory(std::uint32_t shard, const ports::DirectoryOp& op) {
  ++directory_ops;
  if (const auto* append = std::get_if<ports::AppendTail>(&op.request)) cache.append(*append, now_.at);
  if (const auto* forget = std::get_if<ports::ForgetTail>(&op.request)) cache.forget(forget->room);
  const auto* asked = std::get_if<ports::ReadTail>(&op.request);
  if (asked == nullptr) return;
  ports::TailRead read{.id = op.id, .events = cache.read(*asked, now_.at)};
  if (!on_tail_read || on_tail_read(read)) inputs_.emplace_back(shard, TailAnswered{std::move(read)});
}

// ---- the clock

void Rig::pass(Duration time) {
  const Instant end = now_.at + time;
  for (;;) {
    Instant next = kNever;
    for (const auto& shard : shards_) next = std::min(next, shard->next_deadline());
    if (next > end) break;
    now_.wall += std::chrono::duration_cast<std::chrono::milliseconds>(std::max<Duration>(next - now_.at, 0ns));
    now_.at = std::max(now_.at, next);
    for (std::uint32_t i = 0; i < shards_.size(); ++i) {
      if (shards_[i]->next_deadline() <= now_.at) input(i, DeadlineReached{});
    }
  }
  now_.at = end;
}

}  // namespace starling::core::testing
