#include "loadsim/sim/habit.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <string>

#include "loadsim/check/stamp.h"

namespace starling::sim {
namespace {

constexpr std::array<const char*, 4> kEmoji{"\U0001F44D", "\u2764", "\U0001F602", "\U0001F440"};

}  // namespace

Duration Habit::think(const Device& device, std::uint64_t n) const {
  const std::uint64_t random = context_->draw_at(Stream::Action, (1ull << 32) | device.who().index, n);
  const Duration mean = context_->options.think;
  return within({mean / 4, mean * 7 / 4}, random);
}

void Habit::act(Device& device) {
  if (!device.running()) return;
  device_ = device.who().index;
  auto& views = device.views().all();
  if (views.empty()) return;
  const auto at = std::next(views.begin(), static_cast<std::ptrdiff_t>(scale(random(), views.size())));
  ShownRoom& room = device.views().at(at->first);
  const Action action = choose();
  // Whoever was put out of a room wants back now and then, the banned too.
  if (!room.member && random() % 4 == 0) return device.join_room(room.room, false);
  act_in(device, room, action);
}

Action Habit::choose() {
  const Mix& mix = context_->options.mix;
  std::uint64_t at = scale(random(), std::accumulate(mix.begin(), mix.end(), std::uint64_t{0}));
  for (std::size_t i = 0; i < mix.size(); ++i) {
    if (at < mix[i]) return static_cast<Action>(i);
    at -= mix[i];
  }
  return Action::Say;
}

std::size_t Habit::body_bytes() {
  const Options& options = context_->options;
  const bool large = chance(random(), options.large_permille);
  return check::kStampBytes + scale(random(), large ? options.large_bytes : options.body_bytes);
}

UserId Habit::anybody() { return UserId(1 + scale(random(), context_->options.users)); }

/// A call draws for one of its arguments at most: in which order they are evaluated, each compiler decides.
void Habit::act_in(Device& device, ShownRoom& room, Action action) {
  switch (action) {
    case Action::Say:
      device.say(room.room, body_bytes());
      return;
    case Action::Burst:
      for (std::uint64_t n = 4 + scale(random(), 36); n > 0 && device.running(); --n)
        device.say(room.room, body_bytes());
      return;
    case Action::Reply:
    case Action::Edit:
    case Action::Erase:
    case Action::React:
    case Action::Unreact:
    case Action::Pin:
      answer(device, room, action);
      return;
    case Action::Type:
      device.type(room.room);
      return;
    case Action::MarkRead:
      if (random() % 8 == 0) {
        device.mark_read_beyond(room.room, 1 + random() % 50);
      } else {
        device.mark_read(room.room);
      }
      return;
    case Action::ReadBack:
      device.read_pages(room.room, random() % 2 == 0 ? Seq() : room.start.next(), true);
      return;
    case Action::ReadForward:
      device.read_pages(room.room, Seq(scale(random(), room.head.value + 1)), false);
      return;
    case Action::ChangeMode: {
      constexpr std::array modes{wire::SyncMode::Full, wire::SyncMode::Full, wire::SyncMode::Heads,
                                 wire::SyncMode::Off};
      device.set_mode(room.room, modes[scale(random(), modes.size())]);
      return;
    }
    case Action::WatchPeople: {
      std::vector<UserId> users;
      for (std::uint64_t n = scale(random(), 6); n > 0; --n) users.push_back(anybody());
      device.watch_people(room.room, std::move(users), random() % 2 == 0);
      return;
    }
    case Action::GoAway:
      device.set_away(!device.away());
      return;
    case Action::CreateRoom:
    case Action::OpenDirect:
    case Action::AddMember:
    case Action::RemoveMember:
    case Action::Leave:
    case Action::Retitle:
    case Action::Invite:
    case Action::Moderate:
    case Action::Configure:
      administer(device, room, action);
      return;
    case Action::Mention: {
      const std::string called = random() % 8 == 0 ? "<@room>" : "<@" + std::to_string(anybody().value) + ">";
      device.say(room.room, body_bytes(), Seq(), called);
      return;
    }
    case Action::Join: {
      const bool decline = random() % 4 == 0;
      device.join_room(RoomId(1 + scale(random(), context_->options.rooms)), decline);
      return;
    }
    case Action::PutItem: {
      constexpr std::array kinds{wire::ItemKind::Draft, wire::ItemKind::Mute, wire::ItemKind::Setting};
      const std::string value = random() % 5 == 0 ? std::string() : "value " + std::to_string(random() % 1000);
      const std::string key = std::to_string(scale(random(), 6));
      device.put_item(kinds[scale(random(), kinds.size())], key, value);
      return;
    }
    case Action::kCount:
      return;
  }
}

/// What refers to a message that was shown; now and then to one that was not, or is none.
void Habit::answer(Device& device, ShownRoom& room, Action action) {
  const bool own = action == Action::Edit || (action == Action::Erase && random() % 4 != 0);
  Seq target = own ? room.own[random() % room.own.size()] : room.recent[random() % room.recent.size()];
  if (random() % 64 == 0) target = Seq(1 + scale(random(), room.head.value + 3));
  if (!target) return;
  switch (action) {
    case Action::Reply:
      device.say(room.room, body_bytes(), target);
      return;
    case Action::Edit:
      device.edit(room.room, target, body_bytes());
      return;
    case Action::Erase:
      device.send(room.room, {.kind = wire::EventKind::Delete, .target = target});
      return;
    default:
      break;
  }
  if (action == Action::Pin) {
    device.send(room.room,
                {.kind = random() % 3 == 0 ? wire::EventKind::Unpin : wire::EventKind::Pin, .target = target});
    return;
  }
  if (action == Action::Unreact && room.reacted) target = room.reacted;
  room.reacted = target;
  device.send(room.room,
              {.kind = action == Action::React ? wire::EventKind::ReactionAdd : wire::EventKind::ReactionRemove,
               .target = target,
               .body = kEmoji[random() % kEmoji.size()]});
}

void Habit::administer(Device& device, ShownRoom& room, Action action) {
  switch (action) {
    case Action::CreateRoom: {
      std::vector<UserId> members;
      for (std::uint64_t n = 1 + scale(random(), 6); n > 0; --n) members.push_back(anybody());
      device.create_room(wire::RoomKind::Group, "made by " + std::to_string(device.who().user.value),
                         std::move(members));
      return;
    }
    case Action::OpenDirect:
      device.create_room(wire::RoomKind::Direct, "", {anybody()});
      return;
    case Action::AddMember: {
      const bool promote = random() % 3 == 0;
      device.send(room.room, {.kind = wire::EventKind::MemberAdd,
                              .subject = anybody(),
                              .role = promote ? wire::Role::Moderator : wire::Role::Member});
      return;
    }
    case Action::RemoveMember:
      device.send(room.room, {.kind = wire::EventKind::MemberRemove, .subject = anybody()});
      return;
    case Action::Leave:
      device.send(room.room, {.kind = wire::EventKind::MemberRemove, .subject = device.who().user});
      return;
    case Action::Invite:
      device.send(room.room, {.kind = wire::EventKind::MemberInvite, .subject = anybody()});
      return;
    case Action::Moderate: {
      constexpr std::array kinds{wire::EventKind::MemberMute,   wire::EventKind::MemberUnmute,
                                 wire::EventKind::MemberUnmute, wire::EventKind::MemberBan,
                                 wire::EventKind::MemberBan,    wire::EventKind::MemberUnban};
      device.send(room.room, {.kind = kinds[scale(random(), kinds.size())], .subject = anybody()});
      return;
    }
    case Action::Configure: {
      const bool history = random() % 2 == 0;
      const bool open = random() % (history ? 4 : 2) == 0;
      device.send(room.room, {.kind = history ? wire::EventKind::RoomHistory : wire::EventKind::RoomVisibility,
                              .body = std::string(history ? (open ? wire::kHistoryAll : wire::kHistoryJoined)
                                                          : (open ? wire::kPublic : wire::kPrivate))});
      return;
    }
    default:
      device.send(room.room, {.kind = wire::EventKind::RoomTitle, .body = "title " + std::to_string(random() % 100)});
  }
}

}  // namespace starling::sim
