// What is asked about rooms beside their logs.
#pragma once

#include "server/ports/store.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class RoomReader {
 public:
  explicit RoomReader(Connection& connection);

  ports::RoomResult read(const ports::RoomRead& request);

 private:
  struct Room {
    bool exists = false;
    ports::RoomCard card;
    Seq head;
    Seq min_seq;
  };
  struct Caller {
    ports::Standing standing;
    Seq visible_from{1};
  };
  /// The room, who asks, and whether they may: one snapshot.
  struct View {
    Room room;
    Caller caller;
    std::optional<ports::Permit> permit;
  };

  ports::RoomResult on(const ports::FindRoom& request);
  ports::RoomResult on(const ports::ListPublicRooms& request);
  ports::RoomResult on(const ports::ListMembers& request);
  ports::RoomResult on(const ports::FindSeq& request);
  ports::RoomResult on(const ports::ListLinks& request);

  View look(ports::Look look, UserId caller, RoomId room);
  static ports::RoomDenied denied(const View& view);
  ports::RoomCard card_of(const Rows& rows) const;
  ports::MembersListed members(const ports::Permit& permit, const ports::ListMembers& request);
  Seq seq_at(const ports::Permit& permit, const View& view, WallTime at);

  Connection* connection_;
  Statement room_;
  Statement caller_;
  Statement pins_;
  Statement public_;
  Statement members_;
  Statement event_time_;
  Statement links_;
};

}  // namespace starling::store
