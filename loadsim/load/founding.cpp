#include "loadsim/load/founding.h"

#include <algorithm>

#include "common/wire/limits.h"

namespace starling::load {
namespace {

/// Additions that wait in the founder's outbox at once; the log takes them sixteen at a time.
constexpr std::size_t kWaitingMax = 256;

}  // namespace

Founding::Founding(const std::vector<std::uint32_t>& rooms) {
  rooms_.reserve(rooms.size());
  for (const std::uint32_t index : rooms) rooms_.push_back({.index = index});
}

void Founding::pump(client::Session& session, const UserWorld& world, Instant now, client::Output& out) {
  if (session.state() != client::LinkState::Ready) return;
  for (Room& room : rooms_) {
    if (room.request_id == 0) create(room, session, world, now, out);
    if (room.room && !room.complete) add_members(room, session, world, now, out);
  }
}

void Founding::create(Room& room, client::Session& session, const UserWorld& world, Instant now, client::Output& out) {
  const std::vector<std::uint32_t> members = world.plan.members(room.index);
  const std::size_t named = std::min(members.size(), wire::limits::kCreateMembersMax);
  std::vector<UserId> others;
  for (std::size_t i = 1; i < named; ++i) others.push_back(world.accounts.at(members[i]).user);
  const bool direct = world.scenario.rooms.direct;
  const auto asked =
      session.create_room(direct ? wire::RoomKind::Direct : wire::RoomKind::Group,
                          direct ? std::string() : "load " + std::to_string(room.index), std::move(others), now, out);
  if (!asked) return;  // too many requests are open: later
  room.request_id = *asked;
  room.named = static_cast<std::uint32_t>(named);
  room.complete = named == members.size();
}

void Founding::add_members(Room& room, client::Session& session, const UserWorld& world, Instant now,
                           client::Output& out) {
  const std::vector<std::uint32_t> members = world.plan.members(room.index);
  while (room.named < members.size() && session.outbox().entries(room.room).size() < kWaitingMax) {
    const UserId subject = world.accounts.at(members[room.named]).user;
    const auto sent = session.send(
        room.room, {.kind = wire::EventKind::MemberAdd, .subject = subject, .role = wire::Role::Member}, now, out);
    if (!sent) return;  // the room is not in the session's list yet
    ++room.named;
  }
  room.complete = room.named == members.size();
}

void Founding::on_made(const wire::RoomCreated& answer) {
  const auto room = std::find_if(rooms_.begin(), rooms_.end(),
                                 [&](const Room& each) { return each.request_id == answer.request_id; });
  if (room == rooms_.end()) return;
  if (!answer.room) {
    ++refused_;
  } else {
    room->room = answer.room;
  }
}

std::uint32_t Founding::made(const client::Session& session) const {
  return static_cast<std::uint32_t>(std::count_if(rooms_.begin(), rooms_.end(), [&](const Room& each) {
    return each.room && each.complete && session.outbox().entries(each.room).empty();
  }));
}

}  // namespace starling::load
