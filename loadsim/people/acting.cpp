#include "loadsim/people/acting.h"

#include <array>
#include <string_view>

#include "common/base/rng.h"
#include "loadsim/check/stamp.h"
#include "loadsim/people/small_talk.h"

namespace starling::people {
namespace {

using users::Action;

constexpr std::uint64_t kChoiceStream = 0xC0;
constexpr std::uint64_t kContactStream = 0xC1;
constexpr std::uint64_t kTalkStream = 0xC2;
/// People whom a user writes to directly: so many rooms of two does each user come to have.
constexpr std::uint64_t kContacts = 5;
constexpr std::uint32_t kScrollEvents = 50;
constexpr std::array<std::string_view, 6> kEmojis{"👍", "❤️", "😂", "🎉", "🙏", "👀"};

bool looks_at_one_room(const users::Persona& persona) {
  return persona.weights[static_cast<std::size_t>(Action::SwitchRoom)] != 0 ||
         persona.weights[static_cast<std::size_t>(Action::OpenDirect)] != 0;
}

bool is_member(const client::Session& session, RoomId room) {
  const std::uint32_t i = session.rooms().find(room);
  return i != client::RoomTable::kNone && session.rooms().cursor(i).member != 0;
}

/// One action of one person.
class Acting {
 public:
  Acting(Person& person, client::Session& session, Moment moment, client::Output& out)
      : person_(person), company_(person.company()), session_(session), moment_(moment), out_(out) {}

  Done act(Action action) {
    if (action == Action::OpenDirect) return open_direct();
    if (action == Action::Reconnect) return ready() ? Done::Leave : Done::Nothing;
    RoomView* view = action == Action::SwitchRoom ? some_room() : here();
    if (view == nullptr) return Done::Nothing;
    if (users::is_send(action)) return write(*view, action);
    switch (action) {
      case Action::MarkRead:
        return mark_read(*view);
      case Action::SwitchRoom:
        return switch_room(*view);
      case Action::Typing:
        session_.typing(view->room, moment_.now, out_);
        return ready() ? Done::Yes : Done::Nothing;
      default:
        return session_.read_history(view->room, Seq(view->newest), true, kScrollEvents, moment_.now, out_)
                   ? Done::Yes
                   : Done::Nothing;
    }
  }

 private:
  bool ready() const { return session_.state() == client::LinkState::Ready; }

  std::uint64_t choice(std::uint64_t among) {
    return scale(draw(company_.seed, kChoiceStream, person_.index(), person_.next_draw()), among);
  }

  /// A room that the user is in; none when there is none.
  RoomView* some_room() {
    std::vector<RoomView>& views = person_.views().all();
    if (views.empty()) return nullptr;
    RoomView& view = views[choice(views.size())];
    return is_member(session_, view.room) ? &view : nullptr;
  }

  /// Where the user acts: the open room, or any when it looks at all of them.
  RoomView* here() {
    if (!looks_at_one_room(person_.persona()) || !person_.open_room()) return some_room();
    if (!is_member(session_, person_.open_room())) return some_room();
    return &person_.views().of(person_.open_room());
  }

  std::string body(RoomId room) {
    const check::Stamp stamp{.run = company_.run_id,
                             .room = room,
                             .device = person_.device(),
                             .number = person_.next_number(),
                             .intended_ns = moment_.intended.time_since_epoch().count()};
    if (!person_.persona().talk) return check::stamped_body(stamp, person_.persona().message_bytes);
    return check::stamped_text(stamp, small_talk(draw(company_.seed, kTalkStream, person_.index(), stamp.number)));
  }

  Done send(RoomId room, client::Draft draft) {
    const auto sent = session_.send(room, std::move(draft), moment_.now, out_);
    if (!sent) return sent.error() == client::CommandError::Full ? Done::Full : Done::Nothing;
    person_.sent(sent->client_msg_id, moment_.intended);
    ++company_.counters.sends;
    return Done::Yes;
  }

  Done write(RoomView& view, Action action) {
    client::Draft draft;
    switch (action) {
      case Action::Send:
        draft.body = body(view.room);
        break;
      case Action::Reply:
        draft = {.target = Seq(view.newest), .body = body(view.room)};
        break;
      case Action::Edit:
        if (view.own == 0) return Done::Nothing;
        draft = {.kind = wire::EventKind::Edit, .target = Seq(view.own), .body = body(view.room)};
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
    if (action == Action::React || action == Action::Unreact) draft.body = kEmojis[person_.index() % kEmojis.size()];
    return send(view.room, std::move(draft));
  }

  Done mark_read(RoomView& view) {
    const std::uint32_t i = session_.rooms().find(view.room);
    const auto seq = static_cast<std::uint32_t>(session_.rooms().cursor(i).seq);
    if (seq <= view.marked || view.msg_no == 0) return Done::Nothing;
    view.marked = seq;
    return session_.mark_read(view.room, Seq(seq), view.msg_no, moment_.now, out_) ? Done::Yes : Done::Nothing;
  }

  /// Everything of the new room from now on, and of the old one what the scenario gives to rooms in the background.
  Done switch_room(RoomView& to) {
    const RoomId from = person_.open_room();
    if (from != to.room) {
      if (from) static_cast<void>(session_.set_mode(from, company_.scenario.rooms.mode, moment_.now, out_));
      static_cast<void>(session_.set_mode(to.room, wire::SyncMode::Full, moment_.now, out_));
      person_.open(to.room);
    }
    mark_read(to);
    return Done::Yes;
  }

  Done open_direct() {
    const std::uint64_t contact = choice(kContacts);
    const std::uint64_t others = company_.scenario.users - 1;
    if (others == 0) return Done::Nothing;
    auto peer =
        static_cast<std::uint32_t>(scale(draw(company_.seed, kContactStream, person_.index(), contact), others));
    if (peer >= person_.index()) ++peer;
    const auto asked =
        session_.create_room(wire::RoomKind::Direct, {}, {company_.accounts.at(peer).user}, moment_.now, out_);
    return asked ? Done::Yes : Done::Nothing;
  }

  Person& person_;
  Company& company_;
  client::Session& session_;
  Moment moment_;
  client::Output& out_;
};

}  // namespace

Done act(Person& person, client::Session& session, users::Action action, Moment moment, client::Output& out) {
  return Acting(person, session, moment, out).act(action);
}

}  // namespace starling::people
