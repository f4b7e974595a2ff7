// Read markers: max-registers in memory, told to the user's devices at once and to the store every few seconds.
#include <algorithm>
#include <utility>

#include "server/core/user_homes.h"

namespace starling::core {
namespace {
constexpr std::size_t kMarksPerPut = 512;

Mark* mark_of(UserExtras& extras, RoomId room) {
  const auto at = std::ranges::lower_bound(extras.marks, room, {}, &Mark::room);
  return at != extras.marks.end() && at->room == room ? &*at : nullptr;
}
}  // namespace

/// Also of a user that is not known (yet): the session may not have registered with a home that has started anew.
void UserHomes::on(ShardId from, const ports::MarkRead& ask) {
  if (!ask.user) return;
  UserHome& user = find_or_add(ask.user);
  std::vector<Mark>& marks = extras(user).marks;
  auto at = std::ranges::lower_bound(marks, ask.mark.room, {}, &Mark::room);
  if (at == marks.end() || at->room != ask.mark.room) at = marks.insert(at, {.room = ask.mark.room});
  const bool newer = ask.mark.seq > at->seq;
  if (newer) {
    *at = {.room = ask.mark.room, .seq = ask.mark.seq, .msg_no = std::max(at->msg_no, ask.mark.msg_no), .dirty = true};
  }
  ports::UserNotice notice{.user = user.id,
                           .frame = wire::ReadMarked{.room = at->room, .seq = at->seq, .msg_no = at->msg_no}};
  if (newer) {
    list_dirty(user);
    tell(user, notice);
  } else {
    // Nothing new for the others; who asked learns where it stands.
    notice.conns = {ask.conn};
    links_.ask(from, std::move(notice));
  }
  links_.post(from, ports::Answered{ask.request});
}

void UserHomes::list_dirty(UserHome& user) {
  if (std::exchange(user.extras->marks_listed, true)) return;
  dirty_.push_back(user.id);
  turn_.schedule.arm(Chore::Marks, turn_.now.at + turn_.config.read_mark_flush);
}

void UserHomes::flush_marks() {
  ports::PutReadMarks put;
  const auto submit = [&] {
    if (put.marks.empty()) return;
    MarksCall call{put.marks};
    ++marks_in_flight_;
    store_.submit(std::exchange(put, {}), std::move(call));
  };
  for (const ports::ReadMarkRow& row : std::exchange(left_behind_, {})) {
    put.marks.push_back(row);
    if (put.marks.size() == kMarksPerPut) submit();
  }
  for (const UserId id : std::exchange(dirty_, {})) {
    UserHome* user = find(id);
    if (user == nullptr || user->extras == nullptr) continue;
    user->extras->marks_listed = false;
    for (Mark& mark : user->extras->marks) {
      if (!std::exchange(mark.dirty, false)) continue;
      put.marks.push_back({.user = id, .room = mark.room, .seq = mark.seq, .msg_no = mark.msg_no});
      if (put.marks.size() == kMarksPerPut) submit();
    }
  }
  submit();
}

void UserHomes::marks_put(std::vector<ports::ReadMarkRow>&& rows, ports::StoreStatus status) {
  --marks_in_flight_;
  if (status == ports::StoreStatus::Ok || status == ports::StoreStatus::Stopped) return;
  for (const ports::ReadMarkRow& row : rows) {
    UserHome* user = find(row.user);
    Mark* mark = user != nullptr && user->extras != nullptr ? mark_of(*user->extras, row.room) : nullptr;
    if (mark != nullptr && mark->seq >= row.seq) {
      mark->dirty = true;
      list_dirty(*user);
    } else {
      // The user was forgotten meanwhile, and may be known again.
      left_behind_.push_back(row);
      turn_.schedule.arm(Chore::Marks, turn_.now.at + turn_.config.store_retry);
    }
  }
}

}  // namespace starling::core
