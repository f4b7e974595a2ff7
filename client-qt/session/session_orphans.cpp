// Messages that were written for an earlier device. That device may have sent them, so each is first looked for in the
// log, once the log has been read as far as the room's head of now; only what is not there is sent by this device.
#include <QRandomGenerator>

#include "client-qt/session/session_host.h"

namespace starling::qt {
namespace {

struct Look {
  Seq contiguous_from;
  std::vector<bool> held;  // by the log, for each orphan
};

}  // namespace

Result<ClientMsgId, client::CommandError> SessionHost::queue_behind_orphans(RoomId room, client::Draft draft,
                                                                            std::vector<CacheOp> also) {
  OutboxRow row{.send = {.room = room,
                         .client_msg_id = ClientMsgId(QRandomGenerator::system()->generate64() | 1),
                         .kind = draft.kind,
                         .target = draft.target,
                         .thread = draft.thread,
                         .subject = draft.subject,
                         .role = draft.role,
                         .body = std::move(draft.body)},
                .queued = wall_now(),
                .orphan = true};
  const ClientMsgId id = row.send.client_msg_id;
  also.emplace_back(StoreOrphan{row.send, row.queued});
  cache_->write({.ops = std::move(also)});
  // Shown when a reading behind the write comes back: then it is durable.
  cache_->ask(
      this, [](Store&) { return true; },
      [this, row = std::move(row)](bool) {
        waiting_.restore(row);
        emit queued(row);
        if (orphans_after_.contains(row.send.room)) settle_orphans(row.send.room);
      });
  return id;
}

void SessionHost::settle_orphans(RoomId room) {
  const std::uint32_t i = session_->rooms().find(room);
  if (orphan_pages_.contains(room) || i == client::RoomTable::kNone || !waiting_.has_orphans(room)) return;
  if (session_->rooms().cursor(i).seq < orphans_after_[room].value) return;
  orphan_pages_[room] = 0;  // no second look meanwhile
  const std::vector<OutboxRow> orphans = waiting_.orphans(room);
  const Seq first = orphans.empty() ? Seq() : orphans.front().after;
  cache_->ask(
      this,
      [room, orphans, me = me()](Store& store) {
        Look look;
        // Joins to the run what lies below it without a hole.
        look.contiguous_from = store.older(room, {}, 1).contiguous_from;
        look.contiguous_from = store.older(room, look.contiguous_from, 1000).contiguous_from;
        for (const OutboxRow& row : orphans) look.held.push_back(store.holds(room, me, row.send.client_msg_id, {}));
        return look;
      },
      [this, room, first](const Look& look) {
        orphan_pages_.erase(room);
        if (look.contiguous_from > first.next() && !log_begins_.contains(room))
          return page_for_orphans(room, look.contiguous_from);
        adopt(room, look.held);
      });
}

void SessionHost::page_for_orphans(RoomId room, Seq below) {
  const auto request = session_->read_history(room, below, true, 100, now(), out_);
  // Offline: the room's next Sync looks again.
  if (request) orphan_pages_[room] = *request;
  carry_out();
}

void SessionHost::adopt(RoomId room, const std::vector<bool>& held) {
  const std::vector<OutboxRow> orphans = waiting_.orphans(room);
  if (session_->state() != client::LinkState::Ready) return;
  orphans_after_.erase(room);
  for (std::size_t k = 0; k < std::min(orphans.size(), held.size()); ++k) {
    const wire::Send& send = orphans[k].send;
    waiting_.take(room, send.client_msg_id);
    if (held[k]) {
      cache_->write({.ops = {DropOrphan{send.client_msg_id}}});
      emit found_in_log(room, send.client_msg_id);
      continue;
    }
    OutboxRow row = orphans[k];
    const auto sent = session_->send(room,
                                     {.kind = send.kind,
                                      .target = send.target,
                                      .thread = send.thread,
                                      .subject = send.subject,
                                      .role = send.role,
                                      .body = send.body},
                                     now(), out_);
    if (!sent) {
      waiting_.restore(std::move(row));
      break;
    }
    row.orphan = false;
    row.send.cseq = sent->cseq;
    row.send.client_msg_id = sent->client_msg_id;
    waiting_.restore(std::move(row));  // it has been shown as waiting already
    also_.emplace_back(DropOrphan{send.client_msg_id});
    carry_out();
    emit renamed(room, send.client_msg_id, sent->client_msg_id);
  }
}

}  // namespace starling::qt
