#include "tests/unit/core/engines.h"

#include <algorithm>

#include "common/wire/close_code.h"

namespace starling::core::testing {
namespace {

std::uint16_t code_of(CloseReason reason) {
  switch (reason) {
    case CloseReason::ProtocolError:
      return wire::close_code::kProtocolError;
    case CloseReason::Fenced:
      return wire::close_code::kFenced;
    case CloseReason::Revoked:
      return wire::close_code::kUnauthorized;
    case CloseReason::SlowReader:
      return wire::close_code::kSlowReader;
    case CloseReason::Draining:
      return wire::close_code::kDraining;
    case CloseReason::Overloaded:
      return wire::close_code::kOverloaded;
  }
  return 0;
}

}  // namespace

Engine::Engine(Rig& rig, UserId user, DeviceId device, std::uint32_t s)
    : shard(s), rig_(rig), user_(user), device_(device), session_(settings_, lender_, device.value) {}

void Engine::start() {
  session_.start(rig_.now().at, out_);
  collect();
}

void Engine::cut() {
  if (!std::exchange(connected_, false)) return;
  unread_.clear();
  close_code_ = 0;
  rig_.disconnect(end_);
  session_.on_disconnected(0, rig_.now().at, out_);
  collect();
}

void Engine::closed(std::uint16_t code) {
  if (!connected_) return;
  close_code_ = code;
  collect();
}

void Engine::receive(const wire::ServerFrame& frame) {
  unread_.push_back(frame);
  collect();
}

void Engine::resume() {
  reading_ = true;
  collect();
  rig_.drain(end_);
}

void Engine::on_time() {
  if (session_.next_deadline() > rig_.now().at) return;
  session_.on_time(rig_.now().at, out_);
  collect();
}

void Engine::send(std::string body, RoomId room) {
  ASSERT_TRUE(session_.send(room, {.body = std::move(body)}, rig_.now().at, out_).has_value());
  collect();
}

/// Until there is nothing more to read and nothing more to carry out. The engine's notices point into the frame that it
/// was given last, so one frame is finished before the next.
void Engine::collect() {
  if (std::exchange(collecting_, true)) return;
  for (;;) {
    while (!out_.empty()) carry_out(std::exchange(out_, {}));
    if (!connected_) {
      unread_.clear();
      break;
    }
    if (!unread_.empty() && reading_) {
      const wire::ServerFrame frame = std::move(unread_.front());
      unread_.pop_front();
      session_.on_frame(frame, rig_.now().at, out_);
      while (!out_.empty()) carry_out(std::exchange(out_, {}));
    } else if (close_code_ != 0) {
      connected_ = false;
      session_.on_disconnected(std::exchange(close_code_, 0), rig_.now().at, out_);
    } else {
      break;
    }
  }
  collecting_ = false;
}

void Engine::carry_out(client::Output&& out) {
  for (const client::Notice& notice : out.notices) {
    if (const auto* event = std::get_if<client::Applied>(&notice)) {
      if (event->event->room == kRoom) applied.push_back(event->event->seq.value);
    } else if (const auto* each = std::get_if<client::Settled>(&notice)) {
      settled.push_back(*each);
    } else if (const auto* reset = std::get_if<client::RoomReset>(&notice)) {
      resets.push_back(reset->reason);
    } else if (const auto* changed = std::get_if<client::RoomChanged>(&notice)) {
      changes.push_back(*changed->change);
    } else if (const auto* gone = std::get_if<client::RoomLeft>(&notice)) {
      left.push_back(gone->room);
    }
  }
  if (!out.persists.empty()) session_.on_persisted(out.persists.back().token, rig_.now().at, out_);
  for (wire::ClientFrame& frame : out.frames) {
    if (std::holds_alternative<wire::Hello>(frame)) continue;  // the rig's connect() stands for it
    if (connected_) rig_.say(end_, std::move(frame));
  }
  if (out.link == client::Output::Link::Disconnect && std::exchange(connected_, false)) rig_.disconnect(end_);
  if (out.link != client::Output::Link::Connect) return;
  connected_ = true;
  reading_ = true;
  unread_.clear();
  close_code_ = 0;
  session_.on_connected("token", "", rig_.now().at, out_);
  end_ = rig_.next_end(shard);
  rig_.connect(user_, device_, session_.rooms_version(), shard);
}

Chat::Chat(std::uint32_t shards, Config config) : rig(shards, config) {
  rig.on_frame = [this](End end, const wire::ServerFrame& frame) {
    for (auto& engine : engines) {
      if (engine->connected() && engine->end() == end) return engine->receive(frame);
    }
  };
  rig.on_close = [this](End end, CloseReason reason) {
    for (auto& engine : engines) {
      if (engine->connected() && engine->end() == end) return engine->closed(code_of(reason));
    }
  };
}

Engine& Chat::add(UserId user, DeviceId device, std::uint32_t shard) {
  engines.push_back(std::make_unique<Engine>(rig, user, device, shard));
  engines.back()->start();
  return *engines.back();
}

void Chat::pass(Duration time) {
  const Instant end = rig.now().at + time;
  while (rig.now().at < end) {
    Instant next = end;
    for (const auto& engine : engines) next = std::min(next, engine->session().next_deadline());
    rig.pass(std::max<Duration>(next - rig.now().at, 1ms));
    for (auto& engine : engines) engine->on_time();
  }
}

void Chat::expect_all_at_head(RoomId room) {
  const FakeRoom& log = rig.store.room(room);
  for (const auto& engine : engines) {
    const client::RoomTable& rooms = engine->session().rooms();
    const std::uint32_t i = rooms.find(room);
    ASSERT_NE(i, client::RoomTable::kNone);
    const wire::Cursor cursor = rooms.cursor(i).cursor();
    EXPECT_EQ(cursor.seq, log.head()) << "device " << engine->session().device().value;
    EXPECT_EQ(cursor.hash, log.hash_at(log.head()));
    for (std::size_t k = 1; k < engine->applied.size() && engine->resets.size() <= 1; ++k) {
      ASSERT_EQ(engine->applied[k], engine->applied[k - 1] + 1);
    }
  }
}

}  // namespace starling::core::testing
