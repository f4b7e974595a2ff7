// The rooms of the configuration's database, whichever it is, as starlingctl shows them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "server/ctl/options.h"
#include "server/store/log_check.h"
#include "server/store/postgres/part.h"
#include "server/store/room_views.h"

namespace starling::ctl {

/// The errors say what to do.
class RoomStore {
 public:
  explicit RoomStore(app::Config config)
      : config_(std::move(config)), databases_(postgres::Databases(config_.store.postgres, config_.store.rooms)) {}

  /// By room ascending, one after another; of several databases, one database after another.
  Result<void, std::string> each(const std::function<void(const store::RoomSummary&)>& take) const;
  /// A room that does not exist is an error.
  Result<store::RoomView, std::string> room(RoomId room) const;
  Result<std::vector<store::MemberView>, std::string> members(RoomId room) const;
  Result<store::LogCheck, std::string> check(RoomId room) const;
  /// The newest `count` events, ascending.
  Result<std::vector<wire::Event>, std::string> last_events(RoomId room, std::uint32_t count) const;

 private:
  /// Else it is a file.
  bool is_shared() const { return config_.store.is_shared(); }

  app::Config config_;
  postgres::Databases databases_;
};

}  // namespace starling::ctl
