// A device that asks a shard to resume from anything at all, while the room goes on, the store fails and the shard dies.
// A cursor is only continued when it is the log's; what follows an answer is the log, event after event from where the
// answer said; and in the end every question has an answer and every subscriber has everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "common/base/assert.h"
#include "tests/fuzz/entry.h"
#include "tests/fuzz/input.h"
#include "tests/unit/core/rig.h"

namespace {

using namespace starling;
using namespace starling::core::testing;

constexpr RoomId kForeign{0x20};  // the device's user is no member
constexpr RoomId kNone{0x30};     // there is no such room
constexpr DeviceId kDevice{11};
constexpr int kStepsMax = 60;
constexpr int kRoundsMax = 60;  // seconds until everything is repaired

core::Config small() {
  core::Config config;
  config.reset_beyond_events = 300;
  config.window_events = 20;
  config.catchup_credit_events = 16;
  config.outbox_bytes_soft = 512;
  config.outbox_bytes_hard = 4096;
  return config;
}

class Resume {
 public:
  Resume(const std::uint8_t* data, std::size_t size) : in_(data, size), rig_(in_.in_range(1u, 2u), small()) {
    FakeRoom& room = rig_.store.add_room(kRoom, {kBob, kAlice}, in_.pick<std::size_t>({0, 5, 270, 340}));
    room.epoch = Epoch(in_.in_range(1u, 3u));
    if (in_.flag()) room.min_seq = Seq(in_.in_range<std::uint64_t>(1, room.head().value));
    for (wire::Event& event : room.events) event.epoch = room.epoch;
    rig_.store.add_room(kForeign, {kBob, kCarol}, 3);
    if (in_.flag()) rig_.store.marks()[{kAlice, kRoom}] = {.user = kAlice, .room = kRoom, .seq = Seq(2), .msg_no = 1};
    rig_.lose = [this](ShardId, ShardId, const ports::Payload&) { return losing_ > 0 && losing_-- > 0; };
    rig_.on_frame = [this](End end, const wire::ServerFrame& frame) {
      if (end == alice_) std::visit([this](const auto& f) { on(f); }, frame);
    };
    rig_.on_close = [this](End end, core::CloseReason) { closed_ = closed_ || end == alice_; };
    connect();
  }

  void run() {
    for (int steps = 0; steps < kStepsMax && in_.remaining() > 0; ++steps) step();
    come_to_rest();
  }

 private:
  /// What the device was last told of a room.
  struct Subscription {
    int unanswered = 0;
    bool full = false;  // events come
    std::vector<wire::Cursor> asked;
    Seq next;
    Epoch epoch;
  };

  void connect() {
    subscriptions_.clear();
    closed_ = false;
    alice_ = {};
    const std::uint32_t shard = in_.in_range(0u, rig_.shards() - 1);
    alice_ = rig_.connect(kAlice, kDevice, 0, shard);
    bob_ = rig_.connect(kBob, DeviceId(900), 0, 0);
  }

  // ---- what happens

  void step() {
    switch (in_.in_range(0, 16)) {
      case 0:
        rig_.disconnect(alice_);
        connect();
        break;
      case 1:
        rig_.stop_reading(alice_);
        break;
      case 2:
        rig_.drain(alice_);
        break;
      case 3:
        rig_.hold_store();
        break;
      case 4:
        if (rig_.held() > 0) {
          using enum ports::StoreStatus;
          rig_.complete_next(in_.pick({Ok, Unavailable, Full, Unavailable}));
        }
        break;
      case 5:
        rig_.let_store_run();
        break;
      case 6:
        rig_.pass(std::chrono::milliseconds(in_.in_range(0, 3000)));
        break;
      case 7:
        restart(in_.flag());
        break;
      case 8:
        acknowledge();
        break;
      case 9:
        say();
        break;
      case 10:
        losing_ = in_.in_range(1, 4);
        break;
      case 11:  // another device may show the home that the log has lost events
        rig_.sync(bob_, cursor());
        break;
      case 12:
        forget_old();
        break;
      default:
        sync();
    }
  }

  /// As after a crash; `restored`: as after a restore, which raises the epoch and may lose the newest events.
  void restart(bool restored) {
    if (restored) {
      FakeRoom& room = rig_.store.room(kRoom);
      room.epoch = Epoch(room.epoch.value + 1);
      const auto kept = std::max<std::size_t>(2, room.events.size() - in_.in_range<std::size_t>(0, 3));
      room.events.resize(std::min(room.events.size(), kept));
      room.min_seq = std::min(room.min_seq, room.head());
      room.devices[DeviceId(900)] = room.events.back().cseq;
    }
    alice_ = {};
    rig_.restart_shards();
    rig_.let_store_run();
    connect();
  }

  /// Retention, of which the shards hear when they read.
  void forget_old() {
    FakeRoom& room = rig_.store.room(kRoom);
    room.min_seq = Seq(in_.in_range<std::uint64_t>(room.min_seq.value, room.head().value));
  }

  void say() {
    FakeRoom& room = rig_.store.room(kRoom);
    wire::Send send = rig_.message(room.devices[DeviceId(900)].value + 1, "news", room.epoch.value);
    if (in_.in_range(0, 7) == 0) {
      send.kind = room.members.contains(kAlice) ? wire::EventKind::MemberRemove : wire::EventKind::MemberAdd;
      send.subject = kAlice;
      send.role = room.members.contains(kAlice) ? wire::Role::None : wire::Role::Member;
      send.body.clear();
      was_removed_ = true;
    }
    rig_.say(bob_, send);
  }

  void acknowledge() {
    const auto it = subscriptions_.find(kRoom);
    const Seq seq =
        it == subscriptions_.end() || in_.in_range(0, 3) == 0 ? Seq(in_.any()) : Seq(it->second.next.value - 1);
    if (seq) rig_.say(alice_, wire::Delivered{.rooms = {{.room = kRoom, .seq = seq}}});
  }

  wire::Cursor cursor() {
    const FakeRoom& room = rig_.store.room(kRoom);
    wire::Cursor c = rig_.at(in_.in_range<std::uint64_t>(0, room.head().value));
    if (in_.in_range(0, 3) == 0) c = rig_.at_head();
    switch (in_.in_range(0, 7)) {
      case 0:
        return {};
      case 1:
        c.epoch = Epoch(in_.in_range(0u, 5u));
        break;
      case 2:
        c.hash = PrefixHash(in_.any());
        break;
      case 3:
        c.seq = Seq(c.seq.value + in_.in_range<std::uint64_t>(0, 4));
        break;
      case 4:
        c.seq = Seq(in_.any());
        break;
      default:
        break;
    }
    return c;
  }

  void sync() {
    wire::Sync frame;
    for (int rooms = in_.in_range(1, 3); rooms > 0; --rooms) {
      wire::SyncRoom ask{
          .room = in_.pick({kRoom, kRoom, kForeign, kNone}),
          .cursor = cursor(),
          .mode = in_.pick({wire::SyncMode::Full, wire::SyncMode::Full, wire::SyncMode::Heads, wire::SyncMode::Off})};
      if (in_.in_range(0, 3) == 0) ask.floor = Seq(in_.in_range<std::uint64_t>(0, 700));
      if (std::ranges::count(frame.rooms, ask.room, &wire::SyncRoom::room) > 0) continue;
      Subscription& s = subscriptions_[ask.room];
      s.full = false;
      s.unanswered = 1;
      s.asked.push_back(ask.cursor);
      frame.rooms.push_back(ask);
    }
    if (!closed_) rig_.say(alice_, frame);
  }

  // ---- what the device is told

  void on(const wire::Synced& frame) {
    for (const wire::SyncedRoom& answer : frame.rooms) on(answer);
  }

  void on(const wire::SyncedRoom& answer) {
    STARLING_ASSERT(subscriptions_.contains(answer.room));
    Subscription& s = subscriptions_[answer.room];
    s.unanswered = 0;
    s.full = answer.status == wire::SyncStatus::Live || answer.status == wire::SyncStatus::Reset;
    if (answer.room != kRoom) {
      STARLING_ASSERT(answer.status == wire::SyncStatus::NotMember || answer.status == wire::SyncStatus::Unavailable);
      return;
    }
    STARLING_ASSERT(answer.status != wire::SyncStatus::NotMember || was_removed_);
    if (!s.full) return;
    const FakeRoom& room = rig_.store.room(kRoom);
    // A shard may not have heard yet that the epoch rose; by the time of rest it has.
    STARLING_ASSERT(answer.start.seq <= room.head() && answer.start.epoch <= room.epoch);
    STARLING_ASSERT(answer.start.hash == room.hash_at(answer.start.seq));
    STARLING_ASSERT(answer.start.seq.next() >= answer.min_seq);
    if (answer.status == wire::SyncStatus::Live) {
      STARLING_ASSERT(std::ranges::find(s.asked, answer.start) != s.asked.end());
    } else {
      STARLING_ASSERT(answer.reason != wire::ResetReason::None && answer.next_cseq == Cseq(1));
    }
    s.next = answer.start.seq.next();
    s.epoch = answer.start.epoch;
  }

  void on(const wire::Event& event) {
    STARLING_ASSERT(event.room == kRoom);
    Subscription& s = subscriptions_[kRoom];
    STARLING_ASSERT(s.full && event.seq == s.next);
    const FakeRoom& room = rig_.store.room(kRoom);
    STARLING_ASSERT(event.seq <= room.head());
    const wire::Event& logged = room.events[event.seq.value - 1];
    STARLING_ASSERT(event.body == logged.body && event.sender == logged.sender && event.kind == logged.kind);
    // One who was removed still gets what came before, and not one event more.
    STARLING_ASSERT(room.members.contains(kAlice) || event.seq <= removal());
    s.next = s.next.next();
  }

  Seq removal() {
    Seq last;
    for (const wire::Event& event : rig_.store.room(kRoom).events) {
      if (event.kind == wire::EventKind::MemberRemove && event.subject == kAlice) last = event.seq;
    }
    return last;
  }

  void on(const wire::Head& head) { STARLING_ASSERT(head.room == kRoom && subscriptions_.contains(kRoom)); }
  void on(const auto&) {}

  /// Everything works again, and the device acknowledges what it gets.
  void come_to_rest() {
    losing_ = 0;
    rig_.let_store_run();
    rig_.drain(alice_);
    for (int rounds = 0; rounds < kRoundsMax && !closed_ && !at_rest(); ++rounds) {
      Subscription& s = subscriptions_[kRoom];
      if (s.full && s.next.value > 1) {
        rig_.say(alice_, wire::Delivered{.rooms = {{.room = kRoom, .seq = Seq(s.next.value - 1)}}});
      }
      rig_.pass(std::chrono::seconds(1));
    }
    STARLING_ASSERT(closed_ || at_rest());
  }

  bool at_rest() {
    const auto asked = [](const auto& entry) { return entry.second.unanswered > 0; };
    if (std::ranges::any_of(subscriptions_, asked)) return false;
    const FakeRoom& room = rig_.store.room(kRoom);
    const Subscription& s = subscriptions_[kRoom];
    if (!s.full || !room.members.contains(kAlice)) return true;
    return s.next == room.head().next() && s.epoch == room.epoch;
  }

  fuzz::Input in_;
  Rig rig_;
  End alice_;
  End bob_;
  std::map<RoomId, Subscription> subscriptions_;
  int losing_ = 0;  // envelopes between shards
  bool closed_ = false;
  bool was_removed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  GTEST_FLAG_SET(break_on_failure, true);  // what the rig itself expects
  Resume(data, size).run();
  return 0;
}
