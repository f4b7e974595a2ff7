#include "tests/unit/client/scripted_server.h"

#include <algorithm>
#include <utility>

namespace starling::client::testing {

wire::Event event(RoomId room, std::uint64_t seq, std::uint32_t epoch) {
  return {.room = room,
          .epoch = Epoch(epoch),
          .seq = Seq(seq),
          .kind = wire::EventKind::Message,
          .sender = kSomebody,
          .device = DeviceId(80),
          .cseq = Cseq(static_cast<std::uint32_t>(seq)),
          .msg_no = seq,
          .body = "event " + std::to_string(seq) + " of epoch " + std::to_string(epoch)};
}

PrefixHash hash_at(RoomId room, std::uint64_t seq, std::uint32_t epoch) {
  PrefixHash hash;
  for (std::uint64_t s = 1; s <= seq; ++s) hash = wire::fold(hash, event(room, s, epoch));
  return hash;
}

wire::Cursor cursor_at(RoomId room, std::uint64_t seq, std::uint32_t epoch) {
  return {.epoch = Epoch(epoch), .seq = Seq(seq), .hash = hash_at(room, seq, epoch)};
}

std::vector<std::uint64_t> Seen::applied_seqs() const {
  std::vector<std::uint64_t> seqs;
  for (const auto& each : applied) seqs.push_back(each.seq.value);
  return seqs;
}

std::vector<std::uint32_t> Seen::sent() const {
  std::vector<std::uint32_t> cseqs;
  for (const auto& each : all<wire::Send>()) cseqs.push_back(each.cseq.value);
  return cseqs;
}

wire::SyncedRoom epoch_reset(std::uint32_t next_cseq, std::uint64_t head) {
  return {.room = kRoom,
          .status = wire::SyncStatus::Reset,
          .reason = wire::ResetReason::Epoch,
          .epoch = Epoch(2),
          .head = Seq(head),
          .start = cursor_at(kRoom, head, 2),
          .next_cseq = Cseq(next_cseq)};
}

ScriptedServer::ScriptedServer(Settings settings, std::uint64_t seed)
    : settings_(std::move(settings)), session_(settings_, lender_, seed) {}

Seen ScriptedServer::take() { return std::exchange(seen_, {}); }

void ScriptedServer::start() {
  session_.start(now_, out_);
  collect();
}

void ScriptedServer::connect(std::string token, std::string ticket) {
  session_.on_connected(token, ticket, now_, out_);
  collect();
}

void ScriptedServer::disconnect(std::uint16_t code) {
  session_.on_disconnected(code, now_, out_);
  collect();
}

void ScriptedServer::reconnect() {
  disconnect();
  pass(2s);
  connect();
  welcome();
}

void ScriptedServer::receive(const wire::ServerFrame& frame) {
  session_.on_frame(frame, now_, out_);
  collect();
}

void ScriptedServer::pass(Duration time) {
  const Instant end = now_ + time;
  for (int calls = 0; session_.next_deadline() <= end; ++calls) {
    ASSERT_LT(calls, 1000) << "the session asks for time that it does not use";
    now_ = std::max(now_, session_.next_deadline());
    session_.on_time(now_, out_);
    collect();
  }
  now_ = end;
}

void ScriptedServer::pass_with_chatter(Duration time) {
  const Instant end = now_ + time;
  while (now_ < end) {
    pass(std::min<Duration>(std::chrono::seconds(1), end - now_));
    receive(wire::TypingNotice{.room = kRoom, .user = kSomebody});
  }
}

void ScriptedServer::persist_all() {
  hold_persists_ = false;
  session_.on_persisted(issued_, now_, out_);
  collect();
}

Sent ScriptedServer::send(RoomId room, std::string body) {
  const auto sent = session_.send(room, Draft{.body = std::move(body)}, now_, out_);
  collect();
  EXPECT_TRUE(sent.has_value());
  return sent.value_or(Sent{});
}

void ScriptedServer::bring_online(std::initializer_list<RoomId> rooms, std::uint64_t at) {
  start();
  connect();
  welcome();
  list(rooms);
  take();
  for (const RoomId room : rooms) {
    answer({.room = room,
            .status = wire::SyncStatus::Reset,
            .reason = wire::ResetReason::NewDevice,
            .epoch = Epoch(1),
            .head = Seq(at),
            .start = cursor_at(room, at),
            .next_cseq = Cseq(1)});
  }
  take();
}

void ScriptedServer::welcome(std::uint64_t rooms_version) {
  receive(wire::Welcome{.user = kMe, .device = kDevice, .boot = 1, .ticket = "ticket", .rooms_version = rooms_version});
}

void ScriptedServer::list(std::initializer_list<RoomId> rooms, std::uint64_t version) {
  wire::RoomList list{.rooms_version = version};
  for (const RoomId room : rooms) list.rooms.push_back({.room = room, .role = wire::Role::Member});
  receive(list);
}

void ScriptedServer::answer_live(const Seen& seen) {
  for (const wire::Sync& sync : seen.all<wire::Sync>()) {
    for (const wire::SyncRoom& room : sync.rooms) {
      answer({.room = room.room,
              .status = wire::SyncStatus::Live,
              .epoch = room.cursor.epoch,
              .head = room.cursor.seq,
              .start = room.cursor});
    }
  }
}

void ScriptedServer::answer(wire::SyncedRoom answer) { receive(wire::Synced{.rooms = {answer}}); }

void ScriptedServer::result(wire::SendResult result) { receive(result); }

void ScriptedServer::accept(RoomId room, std::uint32_t cseq, std::uint64_t seq, std::uint32_t epoch) {
  receive(wire::SendResult{
      .room = room, .cseq = Cseq(cseq), .status = wire::SendStatus::Accepted, .epoch = Epoch(epoch), .seq = Seq(seq)});
}

void ScriptedServer::deliver(RoomId room, std::uint64_t first, std::uint64_t last, std::uint32_t epoch) {
  for (std::uint64_t seq = first; seq <= last; ++seq) receive(event(room, seq, epoch));
}

void ScriptedServer::collect() {
  struct Collector {
    Seen& seen;
    void operator()(const Applied& n) { seen.applied.push_back(*n.event); }
    void operator()(const Settled& n) { seen.settled.push_back(n); }
    void operator()(const Renumbered& n) { seen.renumbered.push_back(n); }
    void operator()(const RoomReset& n) { seen.resets.push_back({.reason = n.reason, .start = n.start}); }
    void operator()(const RoomSynced& n) { seen.synced.push_back(*n.answer); }
    void operator()(const HeadMoved& n) { seen.heads.push_back(*n.head); }
    void operator()(const RoomsListed& n) {
      seen.listed.insert(seen.listed.end(), n.list->rooms.begin(), n.list->rooms.end());
    }
    void operator()(const RoomChanged& n) { seen.changed.push_back(*n.change); }
    void operator()(const RoomLeft& n) { seen.left.push_back(n.room); }
    void operator()(const RoomMade& n) { seen.made.push_back(*n.answer); }
    void operator()(const RoomJoined& n) { seen.joined.push_back(*n.answer); }
    void operator()(const ItemsChanged& n) { seen.items.push_back(*n.items); }
    void operator()(const ItemPut& n) { seen.puts.push_back(*n.answer); }
    void operator()(const PageRead& n) { seen.pages.push_back(*n.page); }
    void operator()(const PageFailed& n) { seen.failed_pages.push_back(n); }
    void operator()(const ReadMarked& n) { seen.read_marks.push_back(*n.mark); }
    void operator()(const Typing& n) { seen.typing.push_back(*n.notice); }
    void operator()(const PresenceSeen& n) { seen.presence.push_back(*n.changed); }
    void operator()(const ReceiptsSeen& n) { seen.receipts.push_back(*n.receipts); }
    void operator()(const Welcomed& n) { seen.welcomes.push_back({.by_ticket = n.by_ticket}); }
    void operator()(const ServerError& n) { seen.errors.push_back(*n.error); }
    void operator()(const StateChanged& n) { seen.states.push_back(n); }
    void operator()(const Fatal& n) { seen.fatals.push_back(n.reason); }
    void operator()(const Held& n) { seen.held.push_back(n); }
  };
  while (!out_.empty()) {
    Output out = std::exchange(out_, {});
    std::uint64_t token = 0;
    for (Persist& persist : out.persists) {
      EXPECT_EQ(persist.token, issued_ + 1) << "tokens grow by one";
      token = issued_ = persist.token;
      seen_.persists.push_back(std::move(persist.op));
    }
    for (auto& frame : out.frames) seen_.frames.push_back(std::move(frame));
    if (out.link != Output::Link::Keep) seen_.links.push_back(out.link);
    if (out.link == Output::Link::Connect) seen_.nodes.push_back(out.node);
    if (out.link == Output::Link::Disconnect) seen_.close_codes.push_back(out.close_code);
    for (const Notice& notice : out.notices) std::visit(Collector{seen_}, notice);
    if (token > 0 && !hold_persists_) session_.on_persisted(token, now_, out_);
  }
}

}  // namespace starling::client::testing
