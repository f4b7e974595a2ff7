// A client engine under a server that says anything at all, over a transport that breaks at any point. Whatever comes:
// no assert fails, a cursor goes back only by a Reset, events are applied one after the other, never more than sixteen
// sends of a room are in flight, and what the engine sends its own codec accepts.
#include <map>
#include <string>
#include <vector>

#include "common/base/assert.h"
#include "common/client/session.h"
#include "common/wire/codec.h"
#include "common/wire/limits.h"
#include "tests/fuzz/entry.h"
#include "tests/fuzz/input.h"

namespace {

using namespace starling;
namespace limits = starling::wire::limits;

class World {
 public:
  World(const std::uint8_t* data, std::size_t size)
      : in_(data, size),
        settings_{.first_mode = mode(), .durable = in_.flag()},
        session_(settings_, lender_, in_.any()) {
    if (in_.flag()) restore();
  }

  void run() {
    session_.start(now_, out_);
    carry_out();
    while (in_.remaining() > 0) {
      step();
      carry_out();
      check();
    }
  }

 private:
  // ---- values: mostly small, so that they meet; now and then anything

  RoomId room() { return RoomId(in_.in_range<std::uint64_t>(1, 4)); }
  std::uint64_t number() { return in_.in_range(0, 15) == 0 ? in_.any() : in_.in_range<std::uint64_t>(0, 40); }
  std::uint32_t number32() { return static_cast<std::uint32_t>(number()); }
  Epoch epoch() { return Epoch(in_.in_range(0, 15) == 0 ? number32() : in_.in_range(0u, 3u)); }
  Seq seq(RoomId r) {
    const std::uint32_t i = session_.rooms().find(r);
    if (i == client::RoomTable::kNone || in_.in_range(0, 3) == 0) return Seq(number());
    return Seq(session_.rooms().cursor(i).seq + in_.in_range<std::uint64_t>(0, 3));
  }
  Epoch epoch_of(RoomId r) {
    const std::uint32_t i = session_.rooms().find(r);
    if (i == client::RoomTable::kNone || in_.in_range(0, 3) == 0) return epoch();
    return Epoch(static_cast<std::uint32_t>(session_.rooms().cursor(i).epoch));
  }
  wire::Cursor cursor() { return {.epoch = epoch(), .seq = Seq(number()), .hash = PrefixHash(number())}; }
  wire::SyncMode mode() { return in_.pick({wire::SyncMode::Full, wire::SyncMode::Heads, wire::SyncMode::Off}); }
  template <class E>
  E pick(E first, E last) {
    return static_cast<E>(in_.in_range(static_cast<int>(first), static_cast<int>(last)));
  }

  void restore() {
    session_.restore_device(DeviceId(in_.in_range(0u, 2u)), number());
    const RoomId r = room();
    session_.restore_room(
        {.room = r, .cursor = cursor(), .floor = Seq(number()), .last_cseq = Cseq(2), .mode = mode()});
    for (std::uint32_t cseq = 1; cseq <= in_.in_range(0u, 20u); ++cseq) {
      if (!session_.outbox().entries(r).empty() && session_.outbox().entries(r).back().send.cseq.value >= cseq)
        continue;
      session_.restore_outbox({.room = r, .cseq = Cseq(cseq), .client_msg_id = ClientMsgId(cseq)});
    }
    remember();
  }

  // ---- the server

  wire::SyncedRoom synced_room() {
    const RoomId r = room();
    return {.room = r,
            .status = pick(wire::SyncStatus::Live, wire::SyncStatus::Off),
            .reason = pick(wire::ResetReason::None, wire::ResetReason::Diverged),
            .epoch = epoch_of(r),
            .head = seq(r),
            .start = cursor(),
            .next_cseq = Cseq(number32()),
            .read_seq = Seq(number()),
            .retry_after_ms = number32()};
  }
  wire::RoomInfo info() { return {.room = room(), .role = pick(wire::Role::None, wire::Role::Owner)}; }
  wire::ServerFrame frame() {
    const RoomId r = room();
    switch (in_.in_range(0, 13)) {
      case 0:
        return wire::Welcome{.user = UserId(1), .device = DeviceId(in_.in_range(1u, 2u))};
      case 1: {
        wire::RoomList list{.rooms_version = number(), .more = in_.flag()};
        for (int n = in_.in_range(0, 4); n > 0; --n) list.rooms.push_back(info());
        return list;
      }
      case 2:
        return wire::RoomChanged{.rooms_version = number(), .info = info()};
      case 3: {
        wire::Synced synced;
        for (int n = in_.in_range(1, 3); n > 0; --n) synced.rooms.push_back(synced_room());
        return synced;
      }
      case 4:
        return wire::Head{.room = r, .epoch = epoch_of(r), .seq = seq(r)};
      case 5:
        return wire::SendResult{.room = r,
                                .cseq = Cseq(in_.in_range(1u, 40u)),
                                .status = pick(wire::SendStatus::Accepted, wire::SendStatus::TooManyRooms),
                                .epoch = epoch_of(r),
                                .seq = seq(r),
                                .expected = Cseq(number32() | 1),
                                .retry_after_ms = number32()};
      case 6:
        return wire::HistoryPage{.request_id = in_.in_range(0u, 8u), .room = r};
      case 7:
        return wire::ReadMarked{.room = r, .seq = seq(r)};
      case 8:
        return wire::TypingNotice{.room = r, .user = UserId(1)};
      case 9:
        return wire::RoomCreated{.request_id = in_.flag() ? created_ : number(),
                                 .status = pick(wire::CreateStatus::Created, wire::CreateStatus::TooManyRooms),
                                 .room = r,
                                 .retry_after_ms = number32()};
      case 10:
        return wire::Reconnect{.after_ms = number32()};
      case 11:
        return wire::Error{.room = r};
      default:
        return wire::Event{.room = r, .epoch = epoch_of(r), .seq = seq(r), .body = "x"};
    }
  }

  void step() {
    switch (in_.in_range(0, 15)) {
      case 0:
        session_.on_connected("token", in_.flag() ? "ticket" : "", now_, out_);
        break;
      case 1:
        session_.on_disconnected(in_.pick<std::uint16_t>({0, 1000, 1008, 4001, 4002, 4003, 4008, 4009, 4010, 4011}),
                                 now_, out_);
        break;
      case 2:
        pass(std::chrono::milliseconds(in_.in_range(0, 20'000)));
        break;
      case 3:
        if (session_.next_deadline() != kNever) pass(std::max(Duration(), session_.next_deadline() - now_));
        break;
      case 4:
        session_.on_persisted(issued_, now_, out_);
        break;
      case 5:
        command();
        break;
      case 6:
        session_.start(now_, out_);
        break;
      default: {
        held_ = frame();
        session_.on_frame(held_, now_, out_);
      }
    }
  }

  void command() {
    const RoomId r = room();
    switch (in_.in_range(0, 8)) {
      case 0:
        session_.typing(r, now_, out_);
        break;
      case 1:
        (void)session_.set_mode(r, mode(), now_, out_);
        break;
      case 2:
        (void)session_.mark_read(r, seq(r), number(), now_, out_);
        break;
      case 3:
        (void)session_.read_history(r, seq(r), in_.flag(), number32(), now_, out_);
        break;
      case 4:
        created_ = session_
                       .create_room(wire::RoomKind::Group, in_.text(300),
                                    std::vector<UserId>(in_.in_range(0u, 300u), UserId(1)), now_, out_)
                       .value_or(0);
        break;
      case 5:
        session_.stop(out_);
        break;
      default:
        (void)session_.send(
            r, {.kind = pick(wire::EventKind::Message, wire::EventKind::RoomTitle), .body = in_.text(70)}, now_, out_);
    }
  }

  void pass(Duration time) {
    now_ = std::min(now_ + time, Instant(std::chrono::hours(24 * 365)));
    if (session_.next_deadline() <= now_) session_.on_time(now_, out_);
  }

  // ---- the driver

  void carry_out() {
    reset_.clear();
    for (const client::Persist& persist : out_.persists) {
      STARLING_ASSERT(persist.token == issued_ + 1);
      issued_ = persist.token;
    }
    for (const wire::ClientFrame& each : out_.frames) {
      std::string bytes;
      wire::encode(each, bytes);
      STARLING_ASSERT(wire::decode_client(std::as_bytes(std::span(bytes))).has_value());
    }
    for (const client::Notice& notice : out_.notices) {
      if (const auto* applied = std::get_if<client::Applied>(&notice)) {
        STARLING_ASSERT(applied->event->seq.value == before_[applied->event->room].seq.value + 1);
      }
      if (const auto* reset = std::get_if<client::RoomReset>(&notice)) reset_[reset->answer->room] = true;
    }
    out_.clear();
  }

  void check() {
    for (std::uint32_t i = 0; i < session_.rooms().size(); ++i) {
      const client::RoomState now = session_.rooms().state(i);
      const auto before = before_.find(now.room);
      // A room that was left and lost its epoch keeps no place in the log.
      const bool may_jump = reset_.contains(now.room) || !now.member || before == before_.end();
      STARLING_ASSERT(may_jump || now.cursor.epoch == before->second.epoch);
      STARLING_ASSERT(may_jump || now.cursor.seq >= before->second.seq);
      STARLING_ASSERT(now.floor >= now.cursor.seq);
      STARLING_ASSERT(session_.outbox().in_flight(now.room) <= limits::kInFlightPerRoomMax);
      const auto entries = session_.outbox().entries(now.room);
      for (std::size_t k = 1; k < entries.size(); ++k) {
        STARLING_ASSERT(entries[k - 1].send.cseq < entries[k].send.cseq);
      }
      STARLING_ASSERT(entries.empty() || entries.back().send.cseq <= now.last_cseq);
    }
    remember();
  }

  void remember() {
    for (const client::RoomCursor& cursor : session_.rooms().cursors()) before_[cursor.room] = cursor.cursor();
  }

  fuzz::Input in_;
  client::Settings settings_;
  client::HeapLender lender_;
  client::Session session_;
  client::Output out_;
  wire::ServerFrame held_;
  Instant now_{std::chrono::hours(1)};
  std::uint64_t issued_ = 0;
  std::uint64_t created_ = 0;
  std::map<RoomId, wire::Cursor> before_;
  std::map<RoomId, bool> reset_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World(data, size).run();
  return 0;
}
