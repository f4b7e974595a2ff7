// Real client engines over the rig: what they are told is what shards have encoded.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "common/client/session.h"
#include "tests/unit/core/rig.h"

namespace starling::core::testing {

/// One device, with its storage. It checks by itself that events come in order, once.
class Engine {
 public:
  Engine(Rig& rig, UserId user, DeviceId device, std::uint32_t shard = 0);

  void start();
  /// The connection is cut; the engine comes back by itself.
  void cut();
  void receive(const wire::ServerFrame& frame);
  void closed(std::uint16_t code);
  /// What is sent meanwhile arrives with resume().
  void stop_reading() { reading_ = false; }
  void resume();
  void on_time();
  void send(std::string body, RoomId room = kRoom);
  template <class Command>
  void command(Command&& command) {
    command(session_, rig_.now().at, out_);
    collect();
  }

  client::Session& session() { return session_; }
  End end() const { return end_; }
  bool connected() const { return connected_; }
  std::uint32_t shard = 0;

  std::vector<std::uint64_t> applied;  // of kRoom
  std::vector<client::Settled> settled;
  std::vector<wire::ResetReason> resets;
  std::vector<wire::RoomChanged> changes;
  std::vector<RoomId> left;

 private:
  void collect();
  void carry_out(client::Output&& out);

  Rig& rig_;
  UserId user_;
  DeviceId device_;
  client::Settings settings_;
  client::HeapLender lender_;
  client::Session session_;
  client::Output out_;
  End end_;
  std::deque<wire::ServerFrame> unread_;
  std::uint16_t close_code_ = 0;  // the server has closed; what it sent before is read first
  bool connected_ = false;
  bool reading_ = true;
  bool collecting_ = false;
};

/// Rig and engines together, and their common clock.
class Chat {
 public:
  explicit Chat(std::uint32_t shards = 1, Config config = {});
  Engine& add(UserId user, DeviceId device, std::uint32_t shard = 0);
  void pass(Duration time);
  /// All of a room's events, by every engine.
  void expect_all_at_head(RoomId room = kRoom);

  Rig rig;
  std::vector<std::unique_ptr<Engine>> engines;
};

}  // namespace starling::core::testing
