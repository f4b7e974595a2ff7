// What sessions show: rooms with the people in them, and whether their own person is there.
#include <algorithm>
#include <utility>

#include "common/base/probe.h"
#include "common/wire/limits.h"
#include "server/core/presence_watch.h"

namespace starling::core {
namespace {
using namespace std::chrono_literals;
constexpr Duration kAskAgain = 1s;
/// After so many questions without an answer the room is asked for ten times less often: it may not exist.
constexpr std::uint8_t kTriesMax = 5;
/// Views renewed in one turn; the rest comes with the next.
constexpr int kRenewedAtOnce = 512;
/// Whether somebody is there is told once in so long.
constexpr Duration kAwayInterval = 1s;

}  // namespace

SessionWatches* PresenceWatch::watches_of(std::uint32_t session) {
  const Session& s = sessions_.at(session);
  return s.extras == nullptr ? nullptr : s.extras->watches.get();
}

WatchView* PresenceWatch::find_view(ConnId conn, RoomId room) {
  if (sessions_.find(conn) == nullptr) return nullptr;
  SessionWatches* watches = watches_of(conn.index);
  if (watches == nullptr) return nullptr;
  const auto at = std::ranges::find(watches->views, room, &WatchView::room);
  return at == watches->views.end() ? nullptr : &*at;
}

void PresenceWatch::refuse(std::uint32_t session, RoomId room, const char* why) {
  sessions_.send(session, wire::Error{.code = wire::ErrorCode::TooMany, .message = why, .room = room});
}

// ---- what is shown

void PresenceWatch::watch(std::uint32_t index, wire::Watch&& frame) {
  Session& session = sessions_.at(index);
  SessionWatches* watches = watches_of(index);
  if (frame.users.empty() && !frame.receipts) {
    if (watches == nullptr) return;
    drop_view(index, *watches, frame.room);
    return shrink_watches(index);
  }
  std::ranges::sort(frame.users);
  frame.users.erase(std::ranges::unique(frame.users).begin(), frame.users.end());
  WatchView* view = find_view(sessions_.conn(index), frame.room);
  // A view without users costs what one with a single one does.
  const auto cost = [](std::size_t users) { return std::max<std::size_t>(users, 1); };
  std::size_t users = cost(frame.users.size());
  if (watches != nullptr) users += watches->users;
  if (view != nullptr) users -= cost(view->wanted.size());
  if (users > wire::limits::kWatchUsersMax) return refuse(index, frame.room, "more users than may be watched at once");
  if (const std::uint32_t ms = session.asks.take(turn_.config, turn_.config.watch_cost, turn_.now.at); ms != 0) {
    return sessions_.send(index, wire::Error{.code = wire::ErrorCode::Busy,
                                             .message = "too many watches in too short a time",
                                             .room = frame.room,
                                             .retry_after_ms = ms});
  }
  auto& owned = extras(session).watches;
  if (owned == nullptr) owned = std::make_unique<SessionWatches>();
  owned->users = static_cast<std::uint32_t>(users);
  if (view == nullptr) {
    view = &owned->views.emplace_back(WatchView{.room = frame.room});
    enter_room(frame.room, index);
  }
  view->wanted = std::move(frame.users);
  view->receipts = frame.receipts;
  view->tries = 0;
  std::vector<UserId> still;
  std::ranges::set_intersection(view->visible, view->wanted, std::back_inserter(still));
  show(index, *view, std::move(still));
  ask(index, *view);
}

void PresenceWatch::drop_view(std::uint32_t index, SessionWatches& watches, RoomId room) {
  const auto view = std::ranges::find(watches.views, room, &WatchView::room);
  if (view == watches.views.end()) return;
  show(index, *view, {});
  watches.users -= static_cast<std::uint32_t>(std::max<std::size_t>(view->wanted.size(), 1));
  leave_room(room, index);
  watches.views.erase(view);
}

void PresenceWatch::shrink_watches(std::uint32_t index) {
  Session& session = sessions_.at(index);
  const SessionWatches* watches = watches_of(index);
  if (watches == nullptr || !watches->views.empty() || watches->away || watches->told_away != false || watches->late)
    return;
  session.extras->watches.reset();
  shrink(session);
}

void PresenceWatch::end(std::uint32_t index) {
  SessionWatches* watches = watches_of(index);
  if (watches == nullptr) return;
  while (!watches->views.empty()) drop_view(index, *watches, watches->views.back().room);
}

/// From now on the session sees these users in the view, and no others.
void PresenceWatch::show(std::uint32_t index, WatchView& view, std::vector<UserId> visible) {
  for (const UserId user : view.visible) {
    if (!std::ranges::binary_search(visible, user)) remove_watcher(index, user);
  }
  for (const UserId user : visible) {
    if (!std::ranges::binary_search(view.visible, user)) add_watcher(index, user);
  }
  view.visible = std::move(visible);
}

void PresenceWatch::enter_room(RoomId room, std::uint32_t session) {
  const auto known = room_index_.find(room.value);
  const std::uint32_t slot = known ? *known : rooms_.add();
  if (!known) {
    rooms_[slot].id = room;
    room_index_.set(room.value, slot);
  }
  auto& sessions = rooms_[slot].sessions;
  sessions.insert(std::ranges::lower_bound(sessions, session), session);
}

void PresenceWatch::leave_room(RoomId room, std::uint32_t session) {
  const auto slot = room_index_.find(room.value);
  if (!slot) return;
  auto& sessions = rooms_[*slot].sessions;
  const auto at = std::ranges::lower_bound(sessions, session);
  if (at != sessions.end() && *at == session) sessions.erase(at);
  if (!sessions.empty()) return;
  room_index_.erase(room.value);
  rooms_.remove(*slot);
}

void PresenceWatch::members_changed(RoomId room, std::span<const wire::Event> events) {
  for (const wire::Event& event : events) {
    if (!wire::changes_member(event.kind)) continue;
    const bool removed = wire::ends_membership(event.kind);
    const auto slot = room_index_.find(room.value);
    if (!slot) return;
    for (const std::uint32_t index : rooms_[*slot].sessions) {
      WatchView* view = find_view(sessions_.conn(index), room);
      if (view == nullptr) continue;
      const bool own = sessions_.at(index).user == event.subject;
      if (removed && own) {
        view->member = false;
        show(index, *view, {});
      } else if (removed) {
        std::vector<UserId> others = view->visible;
        std::erase(others, event.subject);
        show(index, *view, std::move(others));
      }
      // The home's next answer may be from before: asked again, the one that counts is from after it.
      if (own || std::ranges::binary_search(view->wanted, event.subject)) ask(index, *view);
    }
  }
}

// ---- who may be seen

ports::VisibleAsk PresenceWatch::question(std::uint32_t index, WatchView& view) {
  view.number = ++numbers_;
  view.answered = false;
  if (view.tries < kTriesMax) ++view.tries;
  const Instant again = turn_.now.at + (view.tries < kTriesMax ? kAskAgain : 10 * kAskAgain);
  unanswered_.push_back({.conn = sessions_.conn(index), .room = view.room, .number = view.number, .at = again});
  arm_asking(again);
  return {.room = view.room,
          .watcher = sessions_.at(index).user,
          .conn = sessions_.conn(index),
          .number = view.number,
          .receipts = view.receipts,
          .users = view.wanted};
}

void PresenceWatch::ask(std::uint32_t index, WatchView& view) {
  ports::AskVisible ask;
  ask.asks.push_back(question(index, view));
  ++turn_.counters.presence_envelopes;
  links_.post(turn_.home(view.room), std::move(ask));
}

/// Their homes have them now: views that are hardly asked for any more need not wait.
void PresenceWatch::joined(std::span<const ports::JoinedRoom> rooms) {
  for (const ports::JoinedRoom& room : rooms) {
    const auto slot = room.status == ports::AskStatus::Ok ? room_index_.find(room.at.room.value) : std::nullopt;
    if (!slot) continue;
    for (const std::uint32_t index : rooms_[*slot].sessions) {
      WatchView* view = find_view(sessions_.conn(index), room.at.room);
      if (view != nullptr && !view->answered && std::exchange(view->tries, 0) == kTriesMax) ask(index, *view);
    }
  }
}

void PresenceWatch::on(ports::VisibleUsers&& answer) {
  WatchView* view = find_view(answer.conn, answer.room);
  if (view == nullptr || view->answered || view->number != answer.number) return;
  if (answer.status != ports::AskStatus::Ok) return;
  view->answered = true;
  view->member = answer.member;
  view->tries = 0;
  const std::size_t known = unknown_.size();
  show(answer.conn.index, *view, std::move(answer.users));
  if (unknown_.size() > known) {
    ask_states({unknown_.begin() + static_cast<std::ptrdiff_t>(known), unknown_.end()});
    arm_asking(turn_.now.at + kAskAgain);
  }
  const Instant due = turn_.now.at + turn_.config.presence_lease;
  renewals_.push_back({.conn = answer.conn, .room = answer.room, .number = answer.number, .at = due});
  arm_asking(due);
  if (answer.receipts && view->receipts) {
    keep_highest(rooms_[*room_index_.find(answer.room.value)], *answer.receipts);  // it has a view
    tell_receipts(answer.conn.index, *view, *answer.receipts);
  }
}

void PresenceWatch::ask_views() {
  std::vector<ports::AskVisible> asks(leases_.size());
  const auto ask_for = [&](const Due& due) {
    WatchView* view = find_view(due.conn, due.room);
    if (view == nullptr || view->number != due.number) return;
    asks[turn_.home(due.room).value].asks.push_back(question(due.conn.index, *view));
  };
  std::vector<Due> waiting = std::exchange(unanswered_, {});
  for (const Due& due : waiting) {
    const WatchView* view = find_view(due.conn, due.room);
    if (view == nullptr || view->answered || view->number != due.number) continue;
    if (due.at <= turn_.now.at) {
      ask_for(due);
    } else {
      unanswered_.push_back(due);
      arm_asking(due.at);
    }
  }
  int renewed = 0;
  while (!renewals_.empty() && renewals_.front().at <= turn_.now.at && renewed < kRenewedAtOnce) {
    const WatchView* view = find_view(renewals_.front().conn, renewals_.front().room);
    if (view != nullptr && view->answered) {
      ask_for(renewals_.front());
      ++renewed;
    }
    renewals_.pop_front();
  }
  if (!renewals_.empty()) arm_asking(std::max(renewals_.front().at, turn_.now.at + kAskAgain / 10));
  for (const ShardId shard : turn_.view.shards) {
    if (asks[shard.value].asks.empty()) continue;
    ++turn_.counters.presence_envelopes;
    links_.post(shard, std::move(asks[shard.value]));
  }
}

/// Unless it will be asked anyway.
void PresenceWatch::ask_later(std::uint32_t index, WatchView& view, Instant at) {
  if (!std::exchange(view.answered, false)) return;
  unanswered_.push_back({.conn = sessions_.conn(index), .room = view.room, .number = view.number, .at = at});
  arm_asking(at);
}

// ---- receipts

void PresenceWatch::suspect_receipts(ShardId home) {
  for (std::uint32_t slot = 0; slot < rooms_.end(); ++slot) {
    const WatchedRoom& room = rooms_[slot];
    if (!room.id || turn_.home(room.id) != home) continue;
    for (const std::uint32_t index : room.sessions) {
      WatchView* view = find_view(sessions_.conn(index), room.id);
      if (view != nullptr && view->receipts) ask_later(index, *view, turn_.now.at + turn_.config.link_heartbeat);
    }
  }
}

/// Nobody sees a mark go back: a home that has started anew is told what it has told before.
void PresenceWatch::keep_highest(WatchedRoom& room, wire::Receipts& receipts) {
  ports::MarksSeen forgotten;
  for (wire::MemberReceipt& each : receipts.members) {
    auto at = std::ranges::lower_bound(room.told, each.user, {}, &wire::MemberReceipt::user);
    if (at == room.told.end() || at->user != each.user) at = room.told.insert(at, {.user = each.user});
    if (each.delivered < at->delivered || each.read < at->read) {
      forgotten.marks.push_back({.room = room.id, .user = each.user, .delivered = at->delivered, .read = at->read});
    }
    at->delivered = each.delivered = std::max(each.delivered, at->delivered);
    at->read = each.read = std::max(each.read, at->read);
  }
  if (!forgotten.marks.empty()) links_.post(turn_.home(room.id), std::move(forgotten));
}

/// One who is behind gets them all later.
void PresenceWatch::tell_receipts(std::uint32_t index, WatchView& view, const wire::Receipts& receipts) {
  if (!sessions_.has_room(index)) {
    return ask_later(index, view, turn_.now.at + kAskAgain);
  }
  if (receipts.members.empty() && receipts.delivered_counts.empty()) return;
  ++turn_.counters.presence_frames;
  sessions_.send(index, receipts);
}

void PresenceWatch::on(ports::ReceiptsTold& told) {
  const auto slot = room_index_.find(told.receipts.room.value);
  if (!slot) return;
  keep_highest(rooms_[*slot], told.receipts);
  std::vector<std::uint32_t> recipients;
  for (const std::uint32_t index : rooms_[*slot].sessions) {
    WatchView* view = find_view(sessions_.conn(index), told.receipts.room);
    if (view == nullptr || !view->receipts || !view->member) continue;
    if (!sessions_.has_room(index)) {
      ask_later(index, *view, turn_.now.at + kAskAgain);
    } else {
      recipients.push_back(index);
    }
  }
  if (recipients.empty() || (told.receipts.members.empty() && told.receipts.delivered_counts.empty())) return;
  turn_.counters.presence_frames += recipients.size();
  sessions_.fan_out(recipients, turn_.encode(told.receipts), [](std::size_t) { return false; });
}

// ---- whether somebody is there

void PresenceWatch::set_away(std::uint32_t index, bool away) {
  auto& watches = extras(sessions_.at(index)).watches;
  if (watches == nullptr) watches = std::make_unique<SessionWatches>();
  watches->away = away;
  if (!watches->late && !tell_away(index, *watches)) {
    watches->late = true;
    late_.push_back(sessions_.conn(index));
    arm_asking(turn_.now.at + kAwayInterval);
  }
  shrink_watches(index);
}

void PresenceWatch::attached_anew(std::uint32_t index) {
  SessionWatches* watches = watches_of(index);
  if (watches == nullptr) return;
  watches->told_away.reset();  // a home that does not know a session does not take what is said of it
  set_away(index, watches->away);
}

/// False: later.
bool PresenceWatch::tell_away(std::uint32_t index, SessionWatches& watches) {
  if (watches.told_away == watches.away) return true;
  if (turn_.now.at < watches.told_at + kAwayInterval || !links_.takes(0)) return false;
  watches.told_away = watches.away;
  watches.told_at = turn_.now.at;
  const UserId user = sessions_.at(index).user;
  links_.ask(turn_.home(user), ports::DeviceAway{.user = user, .conn = sessions_.conn(index), .away = watches.away});
  return true;
}

void PresenceWatch::tell_late() {
  for (const ConnId conn : std::exchange(late_, {})) {
    if (sessions_.find(conn) == nullptr) continue;
    SessionWatches* watches = watches_of(conn.index);
    if (watches == nullptr) continue;
    watches->late = !tell_away(conn.index, *watches);
    if (watches->late) {
      late_.push_back(conn);
      arm_asking(turn_.now.at + kAwayInterval);
    }
    shrink_watches(conn.index);
  }
}

}  // namespace starling::core
