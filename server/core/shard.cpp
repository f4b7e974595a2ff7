// Dispatch: each input to the part that owns its noun.
#include "server/core/shard.h"

#include <utility>

#include "common/base/assert.h"
#include "server/core/shard_state.h"

namespace starling::core {
namespace {

using namespace std::chrono_literals;
constexpr Duration kSweepEvery = 10s;
constexpr std::uint32_t kSweepSlots = 4096;  // of each table a time: a pause of some ten microseconds
constexpr std::size_t kPendingBytesMax = 2000;

template <class... Each>
struct Overloaded : Each... {
  using Each::operator()...;
};

/// The sender's steady clock may be that of another machine.
void to_own_clock(ports::Payload& payload, Duration ahead) {
  const auto shift = [&](Instant& at) {
    if (at != Instant()) at += ahead;
  };
  if (auto* attach = std::get_if<ports::AttachDevice>(&payload)) shift(attach->connected_at);
  if (auto* detach = std::get_if<ports::DetachDevice>(&payload)) shift(detach->sends_full_at);
  if (auto* attached = std::get_if<ports::DeviceAttached>(&payload)) shift(attached->sends_full_at);
}

}  // namespace

Shard::Shard(const Config& config, ShardId self, ports::View view, std::uint64_t boot, std::uint64_t seed) {
  STARLING_ASSERT(!view.shards.empty() && self.value < ports::kShardsMax);
  for (const ShardId shard : view.shards) STARLING_ASSERT(shard.value < ports::kShardsMax);
  for (ports::ViewNode& node : view.nodes) {
    if (node.has(self)) node.boot = boot;
  }
  state_ = std::make_unique<State>(config, self, std::move(view), boot, seed);
}
Shard::~Shard() = default;
Shard::Shard(Shard&&) noexcept = default;

void Shard::on(Now now, Input&& input, Effects& out) {
  State& s = *state_;
  s.turn.now = now;
  s.turn.out = &out;
  s.begin();
  std::visit([&]<class T>(T&& each) { s.on(std::forward<T>(each)); }, std::move(input));
  s.settle();
  s.turn.out = nullptr;
}

Instant Shard::next_deadline() const { return state_->turn.schedule.next(); }

const Counters& Shard::counters() const { return state_->turn.counters; }

bool Shard::drained() const {
  const State& s = *state_;
  return s.turn.draining && s.turn.counters.sessions == 0 && s.homes.quiet() && s.users.quiet() &&
         s.links.unanswered() == 0;
}

std::string Shard::pending() const {
  const State& s = *state_;
  std::string text;
  if (s.turn.store_stopped) text += "the store has stopped; ";
  s.homes.describe(text, kPendingBytesMax);
  s.locals.describe(text, kPendingBytesMax);
  s.users.describe(text, kPendingBytesMax);
  if (s.links.unanswered() > 0) text += std::to_string(s.links.unanswered()) + " requests to other shards unanswered; ";
  if (text.size() >= 2) text.resize(text.size() - 2);
  return text;
}

// ---- inputs

void Shard::State::begin() {
  if (turn.schedule.armed(Chore::Sweep)) return;  // it has begun
  turn.view_since = turn.now.at;
  turn.schedule.arm(Chore::Sweep, turn.now.at + kSweepEvery);
  links.enter_view();
}

void Shard::State::on(Connected&& input) { logins.on(std::move(input)); }

void Shard::State::on(FrameReceived&& input) {
  Session* session = sessions.find(input.conn);
  if (session == nullptr) return;
  const std::uint32_t index = input.conn.index;
  if (!session->welcomed) return sessions.close(index, CloseReason::ProtocolError, "a frame before the Welcome");
  std::visit(Overloaded{
                 [&](wire::Hello&) { sessions.close(index, CloseReason::ProtocolError, "a second Hello"); },
                 [&](wire::Sync& frame) { locals.sync(index, std::move(frame)); },
                 [&](wire::Send& frame) { sends.on(index, std::move(frame)); },
                 [&](wire::HistoryRequest& frame) { locals.history(index, frame); },
                 [&](wire::Delivered& frame) {
                   marks_out.note(*session, frame);
                   locals.delivered(index, frame);
                 },
                 [&](wire::ReadMark& frame) {
                   marks_out.note(*session, frame);
                   logins.mark_read(index, frame);
                 },
                 [&](wire::Typing& frame) { typing.on(index, frame); },
                 [&](wire::CreateRoom& frame) { creations.on(index, frame); },
                 [&](wire::JoinRoom& frame) { joins.on(index, frame); },
                 [&](wire::PutItem& frame) { items.put(index, frame); },
                 [&](wire::ReadItems& frame) { logins.read_items(index, frame); },
                 [&](wire::Watch& frame) { watches.watch(index, std::move(frame)); },
                 [&](wire::SetPresence& frame) { watches.set_away(index, frame.away); },
             },
             input.frame);
}

void Shard::State::on(Drained&& input) {
  if (sessions.find(input.conn) == nullptr) return;
  if (!sessions.drained(input.conn.index, input.bytes)) return;
  lists.go_on(input.conn.index);
  items.go_on(input.conn.index);
  locals.resume(input.conn.index);
}

void Shard::State::on(Disconnected&& input) { logins.on(input); }

void Shard::State::on(EnvelopeReceived&& input) {
  const ports::EnvelopeHeader& header = input.envelope.header;
  const bool heartbeat = std::holds_alternative<ports::Heartbeat>(input.envelope.payload);
  switch (links.arrive(header, heartbeat)) {
    case Links::Arrival::Stale:
      return;
    case Links::Arrival::AfterLoss:
      locals.suspect(header.from);
      watches.suspect(header.from);
      break;
    case Links::Arrival::InOrder:
      break;
  }
  to_own_clock(input.envelope.payload, turn.now.at - header.sent_at);
  arrived(header.from, std::move(input.envelope.payload));
}

void Shard::State::on(LeaseExtended&& input) { turn.lease_until = input.until; }

/// Whoever has told something tells it to the home that is now, and what a process told that is gone is void.
void Shard::State::on(ViewChanged&& input) {
  STARLING_ASSERT(input.view.id == turn.view.id.next() && input.view.boot_of(turn.self) == turn.boot);
  for (const ShardId shard : input.view.shards) STARLING_ASSERT(shard.value < ports::kShardsMax);
  const ports::View before = std::exchange(turn.view, std::move(input.view));
  turn.view_since = turn.now.at;
  bool somebody_is_gone = false;
  for (const ShardId shard : before.shards) {
    if (turn.view.boot_of(shard) == before.boot_of(shard)) continue;
    somebody_is_gone = true;
    homes.forget_listener(shard);
    users.forget_devices_of(shard);
  }
  homes.hand_over();
  users.hand_over();
  if (somebody_is_gone) users.read_all_later();
  links.view_changed(before);
  homes.load_held();
  locals.view_changed(before);
  logins.view_changed(before);
  watches.view_changed(before);
}

void Shard::State::on(StoreCompleted&& input) {
  if (input.completion.status == ports::StoreStatus::Stopped) turn.store_stopped = true;
  StoreCall call;
  if (store.take(input.completion.id, call)) completed(std::move(call), std::move(input.completion));
}

void Shard::State::on(DeadlineReached&&) {
  const auto due = [&](Chore chore) { return turn.schedule.take_due(chore, turn.now.at); };
  if (due(Chore::Heartbeat)) {
    links.heartbeat();
    if (turn.view.shards.size() > 1) turn.schedule.arm(Chore::Heartbeat, turn.now.at + turn.config.link_heartbeat);
  }
  if (due(Chore::Digest)) homes.digest();
  if (due(Chore::Heads)) locals.flush_heads();
  if (due(Chore::Marks)) users.flush_marks();
  if (due(Chore::LateMarks)) logins.send_late_marks();
  if (due(Chore::Settled)) homes.load_held();
  if (due(Chore::Moved)) locals.register_moved();
  if (due(Chore::Attach)) logins.attach_some();
  if (due(Chore::NoteAgain)) homes.note_some();
  if (due(Chore::ReadAgain)) users.read_some_again();
  if (due(Chore::StoreRetry)) {
    homes.retry();
    locals.retry();
    users.retry();
    creations.retry();
    items.retry();
  }
  if (due(Chore::Resend)) {
    locals.resend();  // first: few, and sessions wait for them
    links.resend();
  }
  if (due(Chore::Presence)) presence.flush(users);
  if (due(Chore::PresenceOut)) watches.flush();
  if (due(Chore::Receipts)) {
    marks_out.flush();
    receipts.flush();
  }
  if (due(Chore::PresenceAsk)) watches.ask_again();
  if (due(Chore::Readers)) sessions.expire_readers();
  if (due(Chore::Drain)) drain.step();
  if (due(Chore::Sweep)) {
    homes.sweep(kSweepSlots);
    locals.sweep(kSweepSlots);
    users.sweep(kSweepSlots);
    presence.sweep(kSweepSlots);
    receipts.sweep(kSweepSlots);
    turn.schedule.arm(Chore::Sweep, turn.now.at + kSweepEvery);
  }
}

void Shard::State::on(DrainRequested&&) {
  drain.begin();
  if (!users.quiet()) turn.schedule.arm(Chore::Marks, turn.now.at);
}

void Shard::State::on(DeviceRevoked&& input) { logins.revoke(input.device); }

void Shard::State::on(LogGrew&& input) { homes.grew(input.room, input.head); }

void Shard::State::on(ItemsGrew&& input) { users.items_changed(input.user); }

void Shard::State::on(TailAnswered&& input) {
  if (!input.read.events.empty()) watches.members_changed(input.read.events.front().room, input.read.events);
  locals.on(std::move(input.read));
}

/// What the shard says to itself, and the sessions that were closed, until nothing is left.
void Shard::State::settle() {
  do {
    while (auto payload = links.next_to_self()) arrived(turn.self, std::move(*payload));
    logins.bury();
  } while (links.has_to_self());
  pages.trim();
}

// ---- envelopes

void Shard::State::arrived(ShardId from, ports::Payload&& payload) {
  std::visit(Overloaded{
                 [&](ports::JoinRooms& p) { homes.on(from, std::move(p)); },
                 [&](ports::LeaveRoom& p) { homes.on(from, p); },
                 [&](ports::FetchEvents& p) { homes.on(from, p); },
                 [&](ports::AskHeads& p) { homes.on(from, p); },
                 [&](ports::DisputeEpoch& p) { homes.on(from, p); },
                 [&](ports::ForwardSend& p) { homes.on(from, std::move(p)); },
                 [&](ports::JoinedRooms& p) {
                   watches.joined(p.rooms);
                   locals.on(std::move(p));
                 },
                 [&](ports::EventsPublished& p) {
                   watches.members_changed(p.room, p.events);
                   locals.on(std::move(p));
                 },
                 [&](ports::EventsFetched& p) {
                   watches.members_changed(p.room, p.events);
                   locals.on(std::move(p));
                 },
                 [&](ports::HeadDigest& p) {
                   links.answered(from, p.request);
                   locals.on(from, p);
                 },
                 [&](ports::EpochNotice& p) {
                   links.answered(from, p.request);
                   locals.on(p);
                 },
                 [&](ports::SendAnswered& p) { p.result.cseq ? sends.on(from, p) : joins.on(from, p); },
                 [&](ports::AttachDevice& p) { users.on(from, p); },
                 [&](ports::DetachDevice& p) { users.on(from, p); },
                 [&](ports::MarkRead& p) { users.on(from, p); },
                 [&](ports::ItemsChanged& p) { users.on(from, p); },
                 [&](ports::MembershipChanged& p) { users.on(from, p); },
                 [&](ports::DeviceAttached& p) { logins.on(std::move(p)); },
                 [&](ports::DeviceFenced& p) { logins.on(from, p); },
                 [&](ports::UserNotice& p) { logins.on(from, std::move(p)); },
                 [&](ports::Answered& p) { links.answered(from, p.request); },
                 [&](ports::TypingSeen& p) { homes.relay(p); },
                 [&](ports::TypingRelayed& p) { locals.on(p); },
                 [&](ports::DeviceAway& p) { users.on(from, p); },
                 [&](ports::AskVisible& p) { visible.on(from, p); },
                 [&](ports::VisibleUsers& p) { watches.on(std::move(p)); },
                 [&](ports::WatchPresence& p) { presence.on(from, p, users); },
                 [&](ports::PresenceTold& p) { watches.on(from, p); },
                 [&](ports::MarksSeen& p) { receipts.on(p); },
                 [&](ports::ReceiptsTold& p) { watches.on(p); },
                 [](ports::Heartbeat&) {},
             },
             payload);
}

// ---- the store

void Shard::State::completed(StoreCall&& call, ports::StoreCompletion&& done) {
  std::visit(Overloaded{
                 [&](LoadCall& c) { homes.loaded(c, std::move(done)); },
                 [&](CommitCall& c) { homes.committed(c, std::move(done)); },
                 [&](MissingCall& c) { homes.missing_read(c, std::move(done)); },
                 [&](RaiseCall& c) { homes.raised(c, done); },
                 [](CheckpointCall&) {},
                 [&](PageCall& c) { locals.page_read(c, std::move(done)); },
                 [&](GapCall& c) {
                   const auto* page = std::get_if<ports::PageRead>(&done.result);
                   if (page != nullptr) watches.members_changed(c.room, page->events);
                   locals.gap_read(c.room, std::move(done));
                 },
                 [&](VerifyCall& c) { locals.verified(c, done); },
                 [&](DeviceCall& c) { locals.device_read(c, done); },
                 [&](HistoryCall& c) { locals.history_read(c, std::move(done)); },
                 [&](UserCall& c) { users.loaded(c, std::move(done)); },
                 [&](UserItemsCall& c) { users.items_loaded(c, std::move(done)); },
                 [&](ItemsCall& c) { items.loaded(c, std::move(done)); },
                 [&](ItemPutCall& c) { items.stored(std::move(c), done); },
                 [&](MarksCall& c) { users.marks_put(std::move(c.marks), done.status); },
                 [&](CreateCall& c) { creations.made(std::move(c), done); },
             },
             call);
}

}  // namespace starling::core
