// What the models ask for.
#include <tuple>
#include <utility>

#include "client-qt/session/session_host.h"

namespace starling::qt {

Result<ClientMsgId, client::CommandError> SessionHost::send(RoomId room, client::Draft draft,
                                                            std::vector<CacheOp> also) {
  if (waiting_.has_orphans(room)) return queue_behind_orphans(room, std::move(draft), std::move(also));
  OutboxRow row{.send = {.room = room,
                         .kind = draft.kind,
                         .target = draft.target,
                         .thread = draft.thread,
                         .subject = draft.subject,
                         .role = draft.role,
                         .body = draft.body},
                .queued = wall_now()};
  const auto sent = session_->send(room, std::move(draft), now(), out_);
  if (!sent) return fail(sent.error());
  row.send.cseq = sent->cseq;
  row.send.client_msg_id = sent->client_msg_id;
  std::uint64_t token = 0;
  for (const client::Persist& persist : out_.persists) token = persist.token;
  waiting_.add(std::move(row), token);
  also_.insert(also_.end(), std::make_move_iterator(also.begin()), std::make_move_iterator(also.end()));
  carry_out();
  return sent->client_msg_id;
}

Result<std::uint64_t, client::CommandError> SessionHost::create_room(wire::RoomKind kind, std::string title,
                                                                     std::vector<UserId> members) {
  const auto request = session_->create_room(kind, std::move(title), std::move(members), now(), out_);
  carry_out();
  return request;
}

Result<std::uint64_t, client::CommandError> SessionHost::join_room(RoomId room, bool decline) {
  const auto request = session_->join_room(room, decline, now(), out_);
  carry_out();
  return request;
}

Result<std::uint64_t, client::CommandError> SessionHost::put_item(wire::ItemKind kind, std::string key,
                                                                  std::string value, std::uint64_t base) {
  const auto request = session_->put_item(kind, std::move(key), std::move(value), base, now(), out_);
  carry_out();
  return request;
}

void SessionHost::watch(RoomId room, std::vector<UserId> users, bool receipts) {
  std::ignore = session_->watch(room, std::move(users), receipts, out_);
  carry_out();
}

void SessionHost::set_away(bool away) {
  session_->set_away(away, out_);
  carry_out();
}

Result<std::uint32_t, client::CommandError> SessionHost::read_history(RoomId room, Seq from, bool backward,
                                                                      std::uint32_t limit) {
  const auto request = session_->read_history(room, from, backward, limit, now(), out_);
  carry_out();
  return request;
}

void SessionHost::mark_read(RoomId room, Seq seq, std::uint64_t msg_no) {
  auto& mine = read_[room];
  if (seq <= mine.first) return;
  mine = {seq, msg_no};
  if (!session_->mark_read(room, seq, msg_no, now(), out_)) return;
  also_.emplace_back(StoreMarks{.room = room, .read_seq = seq, .read_msg_no = msg_no});
  carry_out();
}

void SessionHost::typing(RoomId room) {
  session_->typing(room, now(), out_);
  carry_out();
}

void SessionHost::dismiss_refused(ClientMsgId id) {
  std::erase_if(refused_, [&](const RefusedRow& row) { return row.send.client_msg_id == id; });
  cache_->write({.ops = {DismissRefused{id}}});
}

}  // namespace starling::qt
