#include "client-qt/session/batch.h"

#include <utility>

namespace starling::qt {
namespace {

struct Writer {
  Batch& batch;
  WallTime now;

  // ---- persists
  void operator()(const client::PersistEvent& op) { batch.ops.emplace_back(StoreEvent{*op.event, op.state}); }
  void operator()(const client::PersistRoom& op) { batch.ops.emplace_back(StoreRoom{op.state}); }
  void operator()(const client::PersistOutboxPut& op) {
    batch.ops.emplace_back(StoreOutboxPut{op.send, op.last_cseq, now});
  }
  void operator()(const client::PersistOutboxRemove& op) {
    batch.ops.emplace_back(StoreOutboxRemove{op.client_msg_id, op.state});
  }
  void operator()(const client::PersistRoomsVersion& op) {
    batch.ops.emplace_back(StoreRoomsVersion{op.rooms_version});
  }

  void operator()(const client::PersistItems& op) { batch.ops.emplace_back(StoreItems{*op.items}); }

  // ---- notices
  void operator()(const client::RoomsListed& notice) {
    for (const wire::RoomInfo& info : notice.list->rooms) batch.ops.emplace_back(StoreRoomInfo{info});
  }
  void operator()(const client::RoomChanged& notice) {
    if (notice.change->info.role != wire::Role::None) batch.ops.emplace_back(StoreRoomInfo{notice.change->info});
  }
  void operator()(const client::RoomSynced& notice) {
    const wire::SyncedRoom& answer = *notice.answer;
    batch.ops.emplace_back(StoreMarks{.room = answer.room,
                                      .head = answer.head,
                                      .head_msg_no = answer.head_msg_no,
                                      .min_seq = answer.min_seq,
                                      .read_seq = answer.read_seq,
                                      .read_msg_no = answer.read_msg_no});
  }
  void operator()(const client::HeadMoved& notice) {
    batch.ops.emplace_back(
        StoreMarks{.room = notice.head->room, .head = notice.head->seq, .head_msg_no = notice.head->msg_no});
  }
  void operator()(const client::ReadMarked& notice) {
    batch.ops.emplace_back(
        StoreMarks{.room = notice.mark->room, .read_seq = notice.mark->seq, .read_msg_no = notice.mark->msg_no});
  }
  void operator()(const client::PageRead& notice) {
    const wire::HistoryPage& page = *notice.page;
    batch.ops.emplace_back(StorePage{page.room, page.events, page.related});
    batch.ops.emplace_back(StoreMarks{.room = page.room, .min_seq = page.min_seq});
  }
  void operator()(const client::Welcomed& notice) {
    batch.ops.emplace_back(StoreAccount{"user", std::to_string(notice.welcome->user.value)});
    batch.ops.emplace_back(StoreAccount{"device", std::to_string(notice.welcome->device.value)});
  }
  void operator()(const auto&) {}
};

}  // namespace

Batch batch_of(const client::Output& out, WallTime now) {
  Batch batch;
  Writer write{batch, now};
  // A jump first: what is stored with it is already of the log where it leads to.
  for (const client::Notice& notice : out.notices) {
    const auto* reset = std::get_if<client::RoomReset>(&notice);
    if (reset == nullptr) continue;
    const bool other = reset->reason == wire::ResetReason::Epoch || reset->reason == wire::ResetReason::Diverged;
    batch.ops.emplace_back(StoreJump{reset->answer->room, reset->start.seq, other});
  }
  for (const client::Persist& persist : out.persists) {
    batch.token = persist.token;
    std::visit(write, persist.op);
  }
  for (const client::Notice& notice : out.notices) std::visit(write, notice);
  return batch;
}

}  // namespace starling::qt
