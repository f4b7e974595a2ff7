// "Somebody is typing": a lane of its own that may lose anything and costs the store nothing.
#pragma once

#include "server/core/flat_index.h"
#include "server/core/links.h"
#include "server/core/room_locals.h"
#include "server/core/session_table.h"

namespace starling::core {

class Typing {
 public:
  Typing(Turn& turn, Links& links, SessionTable& sessions, RoomLocals& locals)
      : turn_(turn), links_(links), sessions_(sessions), locals_(locals) {}

  void on(std::uint32_t index, const wire::Typing& typing) {
    Session& session = sessions_.at(index);
    if (session.asks.take(turn_.config, 1, turn_.now.at) != 0) return;
    const RoomLocal* local = locals_.room_of(index, typing.room);
    if (local == nullptr || local->live.size() > turn_.config.typing_per_room_max) return;
    const UserId user = session.user;
    const std::uint64_t key = mix64(mix64(user.value) ^ typing.room.value) | 1;
    const auto now = static_cast<std::uint32_t>(turn_.now.at.time_since_epoch() / kTick);
    const auto last = recent_.find(key);
    if (last && now - *last < turn_.config.typing_interval / kTick) return;
    if (recent_.size() >= kRecentMax) recent_ = FlatIndex();  // forgetting only shows a notice too many
    recent_.set(key, now);
    links_.post(turn_.home(typing.room), ports::TypingSeen{.room = typing.room, .user = user});
  }

 private:
  static constexpr Duration kTick = std::chrono::milliseconds(100);
  static constexpr std::size_t kRecentMax = 8192;

  Turn& turn_;
  Links& links_;
  SessionTable& sessions_;
  RoomLocals& locals_;
  FlatIndex recent_;  // by (user, room): when
};

}  // namespace starling::core
