// Invitation links of rooms, inside the writer's transaction.
#pragma once

#include <optional>

#include "server/ports/store.h"
#include "server/store/sqlite/item_rows.h"
#include "server/store/sqlite/member_rows.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the writer's thread.
class RoomLinks {
 public:
  explicit RoomLinks(Connection& connection);

  ports::RoomResult change(const ports::RoomChange& request);
  /// Is there a use left, in its time?
  bool good(const ports::Digest& code, WallTime now);
  ports::LinkUsed use(const ports::UseLink& request);

 private:
  ports::RoomResult on(const ports::CreateLink& request);
  ports::RoomResult on(const ports::RevokeLink& request);
  ports::RoomResult on(const ports::UseLink& request) { return use(request); }

  /// May the caller manage the room's links? And does the caller know of the room at all?
  struct View {
    std::optional<ports::Permit> permit;
    bool visible = false;
  };
  View look(UserId caller, RoomId room);
  ports::LinkMade create(const ports::Permit& permit, const ports::CreateLink& request);
  ports::LinkRevoked revoke(const ports::Permit& permit, const ports::RevokeLink& request);
  void invite(const ports::UseLink& request, RoomId room, UserId by, const ports::Standing& before);

  Connection* connection_;
  MemberRows members_;
  ItemRows items_;
  Statement room_;
  Statement insert_;
  Statement revoke_;
  Statement find_;
  Statement spend_;
};

}  // namespace starling::store
