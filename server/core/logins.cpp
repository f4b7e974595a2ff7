#include "server/core/logins.h"

#include <algorithm>
#include <utility>

#include "common/base/probe.h"
#include "server/core/read_slot.h"

namespace starling::core {
namespace {
constexpr std::uint32_t kComeBackMs = 1000;  // to a node that drains; another one may be up at once
constexpr std::uint32_t kElsewhereWithinMs = 4000;
constexpr Duration kLateMarks = std::chrono::seconds(1);

/// A max-register in `marks`, which are by room ascending. Returns what is there now.
wire::ReadMark raise(std::vector<wire::ReadMark>& marks, const wire::ReadMark& mark) {
  auto at = std::ranges::lower_bound(marks, mark.room, {}, &wire::ReadMark::room);
  if (at == marks.end() || at->room != mark.room) at = marks.insert(at, mark);
  if (at->seq < mark.seq) *at = mark;
  return *at;
}

}  // namespace

void Logins::on(Connected&& connected) {
  // The driver uses the index anew: what it was before is gone.
  if (connected.conn.index < sessions_.index_end() && sessions_.at(connected.conn.index).open)
    end(connected.conn.index);
  Session& session = sessions_.open(connected.conn);
  session.user = connected.claims.user;
  session.device = connected.claims.device;
  session.connected_at = turn_.now.at;
  session.sends = Budget(connected.claims.grants, turn_.now.at);
  if (turn_.draining) return send_away(connected.conn.index, kComeBackMs, CloseReason::Draining, "draining");
  if (turn_.may_be_replaced()) {
    const auto later_ms = static_cast<std::uint32_t>(kComeBackMs + turn_.rng.below(kElsewhereWithinMs));
    return send_away(connected.conn.index, later_ms, CloseReason::Overloaded, "the node has lost its place");
  }
  if (const std::uint32_t slot_ms = admission_.take(); slot_ms != 0) {
    return send_away(connected.conn.index, slot_ms, CloseReason::Overloaded, "too many at once");
  }
  probe(Probe::ticket_resume, connected.claims.from_ticket);
  extras(session).ticket = std::move(connected.ticket);
  session.extras->ticket_expires = connected.ticket_expires;
  session.extras->items_after = connected.hello.items_version;
  ask_to_attach(connected.conn.index, connected.hello.rooms_version);
}

void Logins::send_away(std::uint32_t index, std::uint32_t after_ms, CloseReason reason, const char* why) {
  const std::uint32_t node = reason == CloseReason::Draining ? turn_.better_node(sessions_.at(index).user) : 0;
  sessions_.send(index, wire::Reconnect{.after_ms = after_ms, .node = node, .reason = why});
  sessions_.close(index, reason, why);
}

void Logins::ask_to_attach(std::uint32_t index, std::uint64_t rooms_version) {
  Session& session = sessions_.at(index);
  extras(session).attach =
      links_.ask(turn_.home(session.user), ports::AttachDevice{.user = session.user,
                                                               .device = session.device,
                                                               .conn = sessions_.conn(index),
                                                               .connected_at = session.connected_at,
                                                               .rooms_version = rooms_version});
}

void Logins::view_changed(const ports::View& before) {
  for (std::uint32_t index = 0; index < sessions_.index_end(); ++index) {
    const Session& session = sessions_.at(index);
    if (!session.open || !session.user || !ports::has_moved(before, turn_.view, session.user)) continue;
    // What was asked of another shard is asked of the new home by the links.
    const bool asked_here = attaches(session) && ports::home_of(before, session.user) == turn_.self;
    if (asked_here) session.extras->attach = 0;
    if (session.welcomed) {
      detached_.push_back(sessions_.conn(index));
    } else if (asked_here) {
      ask_to_attach(index, 0);
    }
  }
  if (!detached_.empty()) turn_.schedule.arm(Chore::Attach, next_slot(turn_.now.at));
}

/// Each is a read of the store.
void Logins::attach_some() {
  for (std::size_t n = std::min(kReadsASlot, detached_.size()); n > 0; --n) {
    const ConnId conn = detached_.back();
    detached_.pop_back();
    const Session* session = sessions_.find(conn);
    // What is asked for already, is asked for until it is answered.
    if (session != nullptr && !attaches(*session)) ask_to_attach(conn.index, 0);
  }
  if (!detached_.empty()) turn_.schedule.arm(Chore::Attach, next_slot(turn_.now.at));
}

void Logins::on(ports::DeviceAttached&& attached) {
  Session* session = sessions_.find(attached.conn);
  // Also when nothing was asked (request 0): a connection that ended meanwhile has left less.
  if (session != nullptr && session->welcomed) session->sends.fill_at(attached.sends_full_at, turn_.now.at);
  if (session == nullptr || !attaches(*session) || session->extras->attach != attached.request) return;
  const std::uint32_t index = attached.conn.index;
  links_.cancel(std::exchange(session->extras->attach, 0));
  if (!attached.admitted) {
    sessions_.send(index, wire::Reconnect{.after_ms = turn_.busy_retry_ms(), .reason = "too many connections"});
    return sessions_.close(index, CloseReason::Overloaded, "too many connections of this user");
  }
  if (session->welcomed) return welcome_anew(index, std::move(attached));
  welcome(index, attached);
  session->sends.fill_at(attached.sends_full_at, turn_.now.at);
  const std::uint64_t items_held = session->extras->items_after;
  *session->extras = {.marks = std::move(attached.marks)};
  if (attached.listed) {
    lists_.begin(index, {.rooms_version = attached.rooms_version, .rooms = std::move(attached.rooms)});
  }
  if (items_held != attached.items_version) items_.read(index, items_held);
  shrink(*session);
}

void Logins::welcome(std::uint32_t index, const ports::DeviceAttached& attached) {
  Session& session = sessions_.at(index);
  session.welcomed = true;
  session.notices = attached.notices;
  sessions_.send(index, wire::Welcome{.user = session.user,
                                      .device = session.device,
                                      .boot = turn_.boot,
                                      .now = turn_.now.wall,
                                      .ticket = std::move(session.extras->ticket),
                                      .ticket_expires = session.extras->ticket_expires,
                                      .rooms_version = attached.rooms_version});
}

/// By a home that knows of no change that another one has told, or was about to tell: all of it is told.
void Logins::welcome_anew(std::uint32_t index, ports::DeviceAttached&& attached) {
  Session& session = sessions_.at(index);
  session.notices = attached.notices;
  if (attached.listed) {
    lists_.begin(index, {.rooms_version = attached.rooms_version, .rooms = std::move(attached.rooms)});
  }
  // Marks that the other home had not put into the store yet.
  for (const wire::ReadMark& mark : extras(session).marks) {
    const auto known = std::ranges::lower_bound(attached.marks, mark.room, {}, &wire::ReadMark::room);
    if (known != attached.marks.end() && known->room == mark.room && known->seq >= mark.seq) continue;
    links_.ask(turn_.home(session.user), ports::MarkRead{.user = session.user, .conn = attached.conn, .mark = mark});
  }
  for (const wire::ReadMark& mark : attached.marks) {
    tell_mark({attached.conn}, {.room = mark.room, .seq = mark.seq, .msg_no = mark.msg_no});
  }
  // Says nothing but the version: a device that is at another reads on.
  sessions_.send(index, wire::Items{.prev = attached.items_version, .version = attached.items_version});
  watches_.attached_anew(index);
  shrink(session);
}

void Logins::on(ShardId from, const ports::DeviceFenced& fenced) {
  if (sessions_.find(fenced.conn) != nullptr) {
    const CloseReason reason = fenced.again ? CloseReason::Overloaded : CloseReason::Fenced;
    sessions_.close(fenced.conn.index, reason, "the device connected elsewhere");
  }
  links_.post(from, ports::Answered{fenced.request});
}

void Logins::revoke(DeviceId device) {
  // Seldom, and a shard has some ten thousand at most: no index by device is kept for it.
  for (std::uint32_t index = 0; index < sessions_.index_end(); ++index) {
    if (!sessions_.at(index).open || sessions_.at(index).device != device) continue;
    sessions_.close(index, CloseReason::Revoked, "the device was revoked; log in again");
  }
}

void Logins::on(ShardId from, ports::UserNotice&& notice) {
  if (auto* mark = std::get_if<wire::ReadMarked>(&notice.frame)) {
    tell_mark(notice.conns, *mark);
    return links_.post(from, ports::Answered{notice.request});
  }
  if (const auto* items = std::get_if<wire::Items>(&notice.frame)) {
    if (tell_items(notice.conns, *items)) links_.post(from, ports::Answered{notice.request});
    return;
  }
  const auto* changed = std::get_if<wire::RoomChanged>(&notice.frame);
  ports::SharedFrame encoded;
  bool done = true;
  for (const ConnId conn : notice.conns) {
    Session* session = sessions_.find(conn);
    // The answer to the registration contains it.
    if (session == nullptr || attaches(*session) || notice.number <= session->notices) continue;
    if (notice.number != session->notices + 1) {
      done = false;  // the one before was lost: both will be repeated
      continue;
    }
    session->notices = notice.number;
    if (changed == nullptr) {
      lists_.begin(conn.index, wire::RoomList(std::get<wire::RoomList>(notice.frame)));
      continue;
    }
    lists_.change(*session, changed->info);
    if (session->extras != nullptr) std::erase(session->extras->lapsed, changed->info.room);
    if (!encoded) encoded = turn_.encode(*changed);
    sessions_.send(conn.index, encoded);
  }
  if (done) links_.post(from, ports::Answered{notice.request});
}

/// False when one of them is not welcomed yet: what its welcome said is older, so it must not be left out.
bool Logins::tell_items(const std::vector<ConnId>& conns, const wire::Items& items) {
  bool all = true;
  ports::SharedFrame encoded;
  for (const ConnId conn : conns) {
    const Session* session = sessions_.find(conn);
    if (session == nullptr) continue;
    if (!session->welcomed) {
      all = false;
      continue;
    }
    if (!encoded) encoded = turn_.encode(items);
    sessions_.send(conn.index, encoded);
  }
  return all;
}

void Logins::read_items(std::uint32_t index, const wire::ReadItems& read) {
  // Who asks too often hears of it with the next change.
  if (sessions_.at(index).asks.take(turn_.config, turn_.config.item_put_cost, turn_.now.at) != 0) return;
  items_.read(index, read.after);
}

// ---- read markers

/// A marker that was overtaken says what overtook it: nobody sees it go back.
void Logins::tell_mark(const std::vector<ConnId>& conns, wire::ReadMarked marked) {
  for (const ConnId conn : conns) {
    Session* session = sessions_.find(conn);
    if (session == nullptr || !session->welcomed) continue;
    const wire::ReadMark kept =
        raise(extras(*session).marks, {.room = marked.room, .seq = marked.seq, .msg_no = marked.msg_no});
    sessions_.send(conn.index, wire::ReadMarked{.room = kept.room, .seq = kept.seq, .msg_no = kept.msg_no});
  }
}

void Logins::mark_read(std::uint32_t index, const wire::ReadMark& mark) {
  const RoomLocal* local = locals_.room_of(index, mark.room);
  if (local == nullptr) return;
  const wire::ReadMark within{
      .room = mark.room, .seq = std::min(mark.seq, local->last), .msg_no = std::min(mark.msg_no, local->msg_no)};
  if (send_mark(index, within)) return;
  auto& late = extras(sessions_.at(index)).late_marks;
  if (late.empty()) late_.push_back(sessions_.conn(index));
  raise(late, within);
  turn_.schedule.arm(Chore::LateMarks, turn_.now.at + kLateMarks);
}

bool Logins::send_mark(std::uint32_t index, const wire::ReadMark& mark) {
  Session& session = sessions_.at(index);
  if (!links_.takes(0) || session.asks.take(turn_.config, turn_.config.read_mark_cost, turn_.now.at) != 0) return false;
  links_.ask(turn_.home(session.user),
             ports::MarkRead{.user = session.user, .conn = sessions_.conn(index), .mark = mark});
  return true;
}

void Logins::send_late_marks() {
  for (const ConnId conn : std::exchange(late_, {})) {
    Session* session = sessions_.find(conn);
    if (session == nullptr || session->extras == nullptr) continue;
    auto& late = session->extras->late_marks;
    while (!late.empty() && send_mark(conn.index, late.back())) late.pop_back();
    if (late.empty()) {
      shrink(*session);
    } else {
      late_.push_back(conn);
      turn_.schedule.arm(Chore::LateMarks, turn_.now.at + kLateMarks);
    }
  }
}

// ---- the end

void Logins::on(const Disconnected& disconnected) {
  if (sessions_.find(disconnected.conn) != nullptr) end(disconnected.conn.index, disconnected.left);
}

void Logins::bury() {
  for (const std::uint32_t index : std::exchange(sessions_.closing(), {})) {
    const Session& session = sessions_.at(index);
    if (session.open && session.closing) end(index, session.left);
  }
}

void Logins::end(std::uint32_t index, bool left) {
  Session& session = sessions_.at(index);
  locals_.leave_all(index);
  watches_.end(index);
  if (session.extras != nullptr && session.extras->attach != 0) links_.cancel(session.extras->attach);
  const ConnId conn = sessions_.conn(index);
  links_.cancel_sends(conn);
  if (session.user) {
    links_.ask(turn_.home(session.user), ports::DetachDevice{.user = session.user,
                                                             .device = session.device,
                                                             .conn = conn,
                                                             .left = left,
                                                             .sends_full_at = session.sends.full_at()});
  }
  sessions_.forget(index);
}

}  // namespace starling::core
