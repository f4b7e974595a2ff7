#include "loadsim/load/acting.h"

#include <array>
#include <string_view>

#include "common/base/rng.h"
#include "loadsim/check/stamp.h"
#include "loadsim/load/small_talk.h"

namespace starling::load {
namespace {

using users::Action;

constexpr std::uint64_t kChoiceStream = 0xC0;
constexpr std::uint64_t kContactStream = 0xC1;
constexpr std::uint64_t kTalkStream = 0xC2;
/// People whom a user writes to directly: so many rooms of two does each user come to have.
constexpr std::uint64_t kContacts = 5;
constexpr std::uint32_t kScrollEvents = 50;
constexpr std::array<std::string_view, 6> kEmojis{"👍", "❤️", "😂", "🎉", "🙏", "👀"};

std::uint64_t choice(VirtualUser& user, std::uint64_t among) {
  return scale(draw(user.world().seed, kChoiceStream, user.index(), user.next_draw()), among);
}

bool looks_at_one_room(const users::Persona& persona) {
  return persona.weights[static_cast<std::size_t>(Action::SwitchRoom)] != 0 ||
         persona.weights[static_cast<std::size_t>(Action::OpenDirect)] != 0;
}

/// A room that the user is in; none when there is none.
RoomView* some_room(VirtualUser& user) {
  std::vector<RoomView>& views = user.views().all();
  if (views.empty()) return nullptr;
  RoomView& view = views[choice(user, views.size())];
  const std::uint32_t i = user.session().rooms().find(view.room);
  return i != client::RoomTable::kNone && user.session().rooms().cursor(i).member != 0 ? &view : nullptr;
}

/// Where the user acts: the open room, or any when it looks at all of them.
RoomView* here(VirtualUser& user) {
  if (!looks_at_one_room(user.persona()) || !user.open_room()) return some_room(user);
  const std::uint32_t i = user.session().rooms().find(user.open_room());
  if (i == client::RoomTable::kNone || user.session().rooms().cursor(i).member == 0) return some_room(user);
  return &user.views().of(user.open_room());
}

std::string body(VirtualUser& user, RoomId room, Instant intended) {
  const check::Stamp stamp{.run = user.world().run_id,
                           .room = room,
                           .device = user.watch().device(),
                           .number = user.next_number(),
                           .intended_ns = intended.time_since_epoch().count()};
  if (!user.persona().talk) return check::stamped_body(stamp, user.persona().message_bytes);
  return check::stamped_text(stamp, small_talk(draw(user.world().seed, kTalkStream, user.index(), stamp.number)));
}

Done send(VirtualUser& user, RoomId room, client::Draft draft, Instant intended, Instant now, client::Output& out) {
  const auto sent = user.session().send(room, std::move(draft), now, out);
  if (!sent) return sent.error() == client::CommandError::Full ? Done::Full : Done::Nothing;
  user.sent(sent->client_msg_id, intended);
  ++user.world().counters.sends;
  return Done::Yes;
}

Done write(VirtualUser& user, RoomView& view, Action action, Instant intended, Instant now, client::Output& out) {
  client::Draft draft;
  switch (action) {
    case Action::Send:
      draft.body = body(user, view.room, intended);
      break;
    case Action::Reply:
      draft = {.target = Seq(view.newest), .body = body(user, view.room, intended)};
      break;
    case Action::Edit:
      if (view.own == 0) return Done::Nothing;
      draft = {.kind = wire::EventKind::Edit, .target = Seq(view.own), .body = body(user, view.room, intended)};
      break;
    case Action::Delete:
      if (view.own == 0) return Done::Nothing;
      draft = {.kind = wire::EventKind::Delete, .target = Seq(view.own)};
      view.own = 0;
      break;
    case Action::React:
      if (view.newest == 0) return Done::Nothing;
      draft = {.kind = wire::EventKind::ReactionAdd, .target = Seq(view.newest)};
      view.reacted = view.newest;
      break;
    default:
      if (view.reacted == 0) return Done::Nothing;
      draft = {.kind = wire::EventKind::ReactionRemove, .target = Seq(view.reacted)};
      view.reacted = 0;
      break;
  }
  if (action == Action::React || action == Action::Unreact) draft.body = kEmojis[user.index() % kEmojis.size()];
  return send(user, view.room, std::move(draft), intended, now, out);
}

Done mark_read(VirtualUser& user, RoomView& view, Instant now, client::Output& out) {
  const std::uint32_t i = user.session().rooms().find(view.room);
  const auto seq = static_cast<std::uint32_t>(user.session().rooms().cursor(i).seq);
  if (seq <= view.marked || view.msg_no == 0) return Done::Nothing;
  view.marked = seq;
  return user.session().mark_read(view.room, Seq(seq), view.msg_no, now, out) ? Done::Yes : Done::Nothing;
}

/// Everything of the new room from now on, and of the old one what the scenario gives to rooms in the background.
Done switch_room(VirtualUser& user, RoomView& to, Instant now, client::Output& out) {
  const RoomId from = user.open_room();
  if (from != to.room) {
    if (from) static_cast<void>(user.session().set_mode(from, user.world().scenario.rooms.mode, now, out));
    static_cast<void>(user.session().set_mode(to.room, wire::SyncMode::Full, now, out));
    user.open(to.room);
  }
  mark_read(user, to, now, out);
  return Done::Yes;
}

Done open_direct(VirtualUser& user, Instant now, client::Output& out) {
  const std::uint64_t contact = choice(user, kContacts);
  const std::uint64_t others = user.world().scenario.users - 1;
  if (others == 0) return Done::Nothing;
  auto peer = static_cast<std::uint32_t>(scale(draw(user.world().seed, kContactStream, user.index(), contact), others));
  if (peer >= user.index()) ++peer;
  const auto asked =
      user.session().create_room(wire::RoomKind::Direct, {}, {user.world().accounts.at(peer).user}, now, out);
  return asked ? Done::Yes : Done::Nothing;
}

}  // namespace

Done act(VirtualUser& user, Action action, Instant intended, Instant now, client::Output& out) {
  if (action == Action::OpenDirect) return open_direct(user, now, out);
  if (action == Action::Reconnect) return user.ready() ? Done::Leave : Done::Nothing;
  RoomView* view = action == Action::SwitchRoom ? some_room(user) : here(user);
  if (view == nullptr) return Done::Nothing;
  if (users::is_send(action)) return write(user, *view, action, intended, now, out);
  switch (action) {
    case Action::MarkRead:
      return mark_read(user, *view, now, out);
    case Action::SwitchRoom:
      return switch_room(user, *view, now, out);
    case Action::Typing:
      user.session().typing(view->room, now, out);
      return user.ready() ? Done::Yes : Done::Nothing;
    default:
      return user.session().read_history(view->room, Seq(view->newest), true, kScrollEvents, now, out) ? Done::Yes
                                                                                                       : Done::Nothing;
  }
}

}  // namespace starling::load
