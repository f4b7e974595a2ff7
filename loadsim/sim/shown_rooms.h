// What an application knows of its rooms: enough to answer, edit, react and read on, in a fixed size a room.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/client/output.h"

namespace starling::sim {

struct ShownRoom {
  RoomId room;
  wire::RoomKind kind = wire::RoomKind::Group;
  wire::Role role = wire::Role::None;
  bool member = false;
  Seq head;  // of what was shown
  std::uint64_t msg_no = 0;
  Seq start;                                       // what was shown begins behind it
  std::array<Seq, 4> recent{};                     // messages, newest first; zero: none
  std::array<Seq, 2> own{};                        // this user's
  Seq reacted;                                     // to this one last
  std::vector<std::pair<Seq, std::string>> texts;  // only where a script asked for them
};

class ShownRooms {
 public:
  ShownRooms(UserId user, bool keep_texts) : user_(user), keep_texts_(keep_texts) {}

  void on(const wire::RoomInfo& info) {
    ShownRoom& view = at(info.room);
    view.kind = info.kind;
    view.role = info.role;
    view.member = info.role != wire::Role::None;
  }
  void left(RoomId room) { at(room).member = false; }
  void reset(RoomId room, Seq start) {
    ShownRoom& view = at(room);
    view = {.room = room, .kind = view.kind, .role = view.role, .member = view.member, .head = start, .start = start};
  }
  void shown(const wire::Event& event) {
    ShownRoom& view = at(event.room);
    view.head = event.seq;
    view.msg_no = event.msg_no;
    if (event.kind == wire::EventKind::MemberAdd && event.subject == user_) view.role = event.role;
    if (event.kind != wire::EventKind::Message) return;
    push(view.recent, event.seq);
    if (event.sender == user_) push(view.own, event.seq);
    if (keep_texts_) view.texts.emplace_back(event.seq, event.body);
  }

  /// The application restarts with this as its stored cursor.
  void rewind(RoomId room, Seq cursor) {
    ShownRoom& view = at(room);
    view.head = cursor;
    std::erase_if(view.texts, [&](const auto& text) { return text.first > cursor; });
  }

  const std::map<RoomId, ShownRoom>& all() const { return views_; }
  ShownRoom& at(RoomId room) {
    ShownRoom& view = views_[room];
    view.room = room;
    return view;
  }

 private:
  template <std::size_t N>
  static void push(std::array<Seq, N>& list, Seq seq) {
    std::rotate(list.begin(), list.end() - 1, list.end());
    list.front() = seq;
  }

  UserId user_;
  bool keep_texts_;
  std::map<RoomId, ShownRoom> views_;
};

}  // namespace starling::sim
