// A connection becomes a session of its user, and ends.
#pragma once

#include "server/core/admission.h"
#include "server/core/items.h"
#include "server/core/links.h"
#include "server/core/presence_watch.h"
#include "server/core/room_lists.h"
#include "server/core/room_locals.h"
#include "server/core/session_table.h"

namespace starling::core {

class Logins {
 public:
  Logins(Turn& turn, Links& links, SessionTable& sessions, RoomLocals& locals, RoomLists& lists, Items& items,
         PresenceWatch& watches)
      : turn_(turn),
        links_(links),
        sessions_(sessions),
        locals_(locals),
        lists_(lists),
        items_(items),
        watches_(watches) {}

  void on(Connected&& connected);
  void on(const Disconnected& disconnected);
  void on(ports::DeviceAttached&& attached);
  void on(ShardId from, const ports::DeviceFenced& fenced);
  void on(ShardId from, ports::UserNotice&& notice);
  /// Users whose home is another process now: it does not know of their sessions.
  void view_changed(const ports::View& before);
  /// The next of them.
  void attach_some();
  void revoke(DeviceId device);
  /// Sessions that were closed in this turn.
  void bury();

  /// The device reads the room up to here: told to the user's home, never beyond the head.
  void mark_read(std::uint32_t session, const wire::ReadMark& mark);
  void send_late_marks();
  /// The device has missed changes of the user's items.
  void read_items(std::uint32_t session, const wire::ReadItems& read);

 private:
  void end(std::uint32_t session, bool left = false);
  void send_away(std::uint32_t session, std::uint32_t after_ms, CloseReason reason, const char* why);
  void ask_to_attach(std::uint32_t session, std::uint64_t rooms_version);
  bool attaches(const Session& session) const { return session.extras != nullptr && session.extras->attach != 0; }
  void welcome(std::uint32_t session, const ports::DeviceAttached& attached);
  void welcome_anew(std::uint32_t session, ports::DeviceAttached&& attached);
  bool tell_items(const std::vector<ConnId>& conns, const wire::Items& items);
  void tell_mark(const std::vector<ConnId>& conns, wire::ReadMarked marked);
  bool send_mark(std::uint32_t session, const wire::ReadMark& mark);

  Turn& turn_;
  Links& links_;
  SessionTable& sessions_;
  RoomLocals& locals_;
  RoomLists& lists_;
  Items& items_;
  PresenceWatch& watches_;
  Admission admission_{turn_};
  std::vector<ConnId> late_;      // sessions with markers that the meter has held back
  std::vector<ConnId> detached_;  // sessions that their user's home does not know
};

}  // namespace starling::core
