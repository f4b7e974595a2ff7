#include "tests/bench/presence/crowd.h"

#include <algorithm>

namespace starling::bench {
namespace {
using namespace std::chrono_literals;
constexpr Duration kStep = 10ms;
}  // namespace

Crowd::Crowd(Shape shape) : shape_(shape), rng_(shape.seed), people_(shape.users), connected_(rooms()) {
  ports::View view{.id = ViewId(1)};
  view.add({.first = ShardId(0), .shards = static_cast<std::uint16_t>(shape.shards)});
  for (const ShardId shard : view.shards) {
    shards_.push_back(std::make_unique<core::Shard>(core::Config(), shard, view, 1, shape.seed + shard.value));
  }
}

std::vector<UserId> Crowd::members_of(RoomId room) const {
  std::vector<UserId> members;
  for (auto user = static_cast<std::uint32_t>(room.value - 1'000'000); user < shape_.users; user += rooms()) {
    members.emplace_back(user + 1);
  }
  return members;
}

// ---- the store

ports::StoreResult Crowd::execute(const ports::StoreRequest& request) const {
  if (const auto* room = std::get_if<ports::LoadRoom>(&request)) {
    ports::RoomLoaded loaded{.exists = true, .epoch = Epoch(1)};
    for (const UserId user : members_of(room->room))
      loaded.members.push_back({.user = user, .role = wire::Role::Member});
    return loaded;
  }
  if (const auto* user = std::get_if<ports::LoadUser>(&request)) {
    const RoomId room = room_of(static_cast<std::uint32_t>(user->user.value - 1));
    return ports::UserLoaded{.rooms_version = 1, .rooms = {{.info = {.room = room, .role = wire::Role::Member}}}};
  }
  return ports::Done{};
}

// ---- turns

void Crowd::input(std::uint32_t shard, core::Input&& in) {
  inputs_.emplace_back(shard, std::move(in));
  if (std::exchange(running_, true)) return;
  core::Effects effects;
  while (!inputs_.empty()) {
    auto [to, next] = std::move(inputs_.front());
    inputs_.pop_front();
    effects.clear();
    shards_[to]->on(now_, std::move(next), effects);
    for (const core::Effects::Send& send : effects.sends) {
      for (std::uint32_t i = send.first; i < send.first + send.count; ++i) {
        const auto bytes = static_cast<std::uint32_t>(send.frame.size());
        inputs_.emplace_back(to, core::Drained{.conn = effects.recipients[i], .bytes = bytes});
      }
    }
    for (ports::Post& post : effects.posts) {
      ports::unpack(std::move(post), [this](ShardId receiver, ports::Envelope&& envelope) {
        inputs_.emplace_back(receiver.value, core::EnvelopeReceived{std::move(envelope)});
      });
    }
    for (const ports::StoreOp& op : effects.store) {
      inputs_.emplace_back(
          to, core::StoreCompleted{{.id = op.id, .status = ports::StoreStatus::Ok, .result = execute(op.request)}});
    }
  }
  running_ = false;
}

void Crowd::pass(Duration span) {
  for (const Instant end = now_.at + span; now_.at < end;) {
    now_.at += kStep;
    now_.wall += std::chrono::duration_cast<std::chrono::milliseconds>(kStep);
    for (std::uint32_t i = 0; i < shards_.size(); ++i) {
      if (shards_[i]->next_deadline() <= now_.at) input(i, core::DeadlineReached{});
    }
  }
}

// ---- people

void Crowd::connect(std::uint32_t user) {
  Person& person = people_[user];
  ++person.connections;
  person.connected = true;
  ++connected_[user % rooms()];
  const std::uint32_t shard = shard_of(user);
  input(shard, core::Connected{.conn = conn_of(user),
                               .claims = {.user = UserId(user + 1), .device = DeviceId(user + 1)},
                               .hello = {.rooms_version = 1}});
  const RoomId room = room_of(user);
  input(shard, core::FrameReceived{.conn = conn_of(user),
                                   .frame = wire::Sync{.rooms = {{.room = room, .mode = wire::SyncMode::Heads}}}});
  std::vector<UserId> others = members_of(room);
  std::erase(others, UserId(user + 1));
  input(shard, core::FrameReceived{.conn = conn_of(user), .frame = wire::Watch{.room = room, .users = others}});
  if (person.away) {
    input(shard, core::FrameReceived{.conn = conn_of(user), .frame = wire::SetPresence{.away = true}});
  }
}

void Crowd::gather() {
  for (std::uint32_t user = 0; user < shape_.users; ++user) {
    connect(user);
    if (user % 50 == 0) pass(kStep);
  }
  pass(5s);
}

void Crowd::change(std::uint32_t user) {
  Person& person = people_[user];
  const std::uint32_t shard = shard_of(user);
  ++counts_.changes;
  if (!person.connected) {
    connect(user);
  } else if (rng_.chance(1, 2)) {
    person.away = !person.away;
    input(shard, core::FrameReceived{.conn = conn_of(user), .frame = wire::SetPresence{.away = person.away}});
  } else {
    person.connected = false;
    --connected_[user % rooms()];
    input(shard, core::Disconnected{.conn = conn_of(user)});
  }
  counts_.naive_frames += connected_[user % rooms()] - (person.connected ? 1 : 0);
}

void Crowd::flap(Duration span, std::uint32_t changes_per_s) {
  double due = 0;
  for (const Instant end = now_.at + span; now_.at < end;) {
    due += static_cast<double>(changes_per_s) * std::chrono::duration<double>(kStep).count();
    for (; due >= 1; due -= 1) change(static_cast<std::uint32_t>(rng_.below(shape_.users)));
    pass(kStep);
  }
}

Crowd::Counts Crowd::take() {
  counts_.frames = counts_.envelopes = 0;
  for (const auto& shard : shards_) {
    counts_.frames += shard->counters().presence_frames;
    counts_.envelopes += shard->counters().presence_envelopes;
  }
  const Counts since{.changes = counts_.changes - before_.changes,
                     .frames = counts_.frames - before_.frames,
                     .envelopes = counts_.envelopes - before_.envelopes,
                     .naive_frames = counts_.naive_frames - before_.naive_frames};
  before_ = counts_;
  return since;
}

}  // namespace starling::bench
