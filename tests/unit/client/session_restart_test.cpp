// The program ends at any point, and a new one goes on from what was stored.
#include <map>

#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

/// What a driver's database holds.
struct Store {
  std::map<RoomId, RoomState> rooms;
  std::map<std::uint64_t, wire::Send> outbox;  // by client_msg_id

  void write(const PersistOp& op) {
    if (const auto* e = std::get_if<PersistEvent>(&op)) rooms[e->state.room] = e->state;
    if (const auto* r = std::get_if<PersistRoom>(&op)) rooms[r->state.room] = r->state;
    if (const auto* p = std::get_if<PersistOutboxPut>(&op)) {
      outbox[p->send.client_msg_id.value] = p->send;
      rooms[p->send.room].last_cseq = p->last_cseq;
    }
    if (const auto* d = std::get_if<PersistOutboxRemove>(&op)) {
      outbox.erase(d->client_msg_id.value);
      rooms[d->state.room] = d->state;
    }
  }
  void write_all(const Seen& seen) {
    for (const auto& op : seen.persists) write(op);
  }
  void restore(Session& session) const {
    session.restore_device(kDevice, 1);
    for (const auto& [id, state] : rooms) session.restore_room(state);
    std::vector<wire::Send> sends;
    for (const auto& [id, send] : outbox) sends.push_back(send);
    std::ranges::sort(sends, {}, &wire::Send::cseq);
    for (const auto& send : sends) session.restore_outbox(send);
  }
};

Store store_after_start(ScriptedServer& server) {
  server.start();
  server.connect();
  server.welcome();
  server.list({kRoom});
  server.answer({.room = kRoom,
                 .status = wire::SyncStatus::Reset,
                 .reason = wire::ResetReason::NewDevice,
                 .epoch = Epoch(1),
                 .start = {.epoch = Epoch(1)},
                 .next_cseq = Cseq(1)});
  Store store;
  store.write_all(server.take());
  return store;
}

TEST(Restart, ResumesFromTheStoredCursorAndFloor) {
  ScriptedServer first;
  Store store = store_after_start(first);
  first.deliver(kRoom, 1, 5);
  first.send(kRoom, "mine");
  first.accept(kRoom, 1, 8);
  store.write_all(first.take());

  ScriptedServer second;
  store.restore(second.session());
  second.start();
  second.connect();
  second.welcome();
  const auto syncs = second.take().all<wire::Sync>();
  ASSERT_EQ(syncs.size(), 1u);
  EXPECT_EQ(syncs[0].rooms[0].cursor, cursor_at(kRoom, 5));
  EXPECT_EQ(syncs[0].rooms[0].floor, Seq(8));
}

TEST(Restart, PendingMessagesAreSentAndCountedOn) {
  ScriptedServer first;
  Store store = store_after_start(first);
  for (int i = 0; i < 3; ++i) first.send(kRoom, "m" + std::to_string(i + 1));
  const auto sent = first.take();
  store.write_all(sent);

  ScriptedServer second({}, 2);
  store.restore(second.session());
  second.start();
  second.connect();
  second.welcome();
  second.answer_live(second.take());
  auto again = second.take().all<wire::Send>();
  EXPECT_EQ(again, sent.all<wire::Send>()) << "identical: the key decides";
  EXPECT_EQ(second.send(kRoom, "next").cseq, Cseq(4));
}

TEST(Restart, AnEntryWhoseRemovalWasLostIsSettledAsADuplicate) {
  ScriptedServer first;
  Store store = store_after_start(first);
  first.send(kRoom, "a");
  store.write_all(first.take());
  first.accept(kRoom, 1, 1);  // and the removal is not written

  ScriptedServer second({}, 2);
  store.restore(second.session());
  second.start();
  second.connect();
  second.welcome();
  second.answer_live(second.take());
  second.result(
      {.room = kRoom, .cseq = Cseq(1), .status = wire::SendStatus::Duplicate, .epoch = Epoch(1), .seq = Seq(1)});
  const Seen seen = second.take();
  ASSERT_EQ(seen.settled.size(), 1u);
  EXPECT_EQ(seen.settled[0].seq, Seq(1));
}

TEST(Restart, TheCounterOutlivesAnEmptyOutbox) {
  ScriptedServer first;
  Store store = store_after_start(first);
  first.send(kRoom, "a");
  first.accept(kRoom, 1, 1);
  store.write_all(first.take());
  EXPECT_TRUE(store.outbox.empty());

  ScriptedServer second({}, 2);
  store.restore(second.session());
  EXPECT_EQ(second.send(kRoom, "b").cseq, Cseq(2));
}

TEST(Restart, RenumberedMessagesKeepTheirNewNumbers) {
  ScriptedServer first;
  Store store = store_after_start(first);
  first.send(kRoom, "a");
  first.send(kRoom, "b");
  first.disconnect();
  first.pass(2s);
  first.connect();
  first.welcome();
  first.answer({.room = kRoom,
                .status = wire::SyncStatus::Reset,
                .reason = wire::ResetReason::Epoch,
                .epoch = Epoch(2),
                .head = Seq(3),
                .start = cursor_at(kRoom, 3, 2),
                .next_cseq = Cseq(9)});
  store.write_all(first.take());

  ScriptedServer second({}, 2);
  store.restore(second.session());
  second.start();
  second.connect();
  second.welcome();
  second.answer_live(second.take());
  const Seen seen = second.take();
  EXPECT_EQ(seen.sent(), (std::vector<std::uint32_t>{9, 10}));
  EXPECT_TRUE(seen.all<wire::Send>()[0].renumbered);
  EXPECT_EQ(seen.all<wire::Send>()[0].epoch, Epoch(2));
}

}  // namespace
}  // namespace starling::client
