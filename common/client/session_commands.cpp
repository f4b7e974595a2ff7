// What the application asks for.
#include <utility>

#include "common/client/session.h"
#include "common/wire/body.h"
#include "common/wire/limits.h"
#include "common/wire/utf8.h"

namespace starling::client {
namespace {

/// What the server's codec would refuse must not enter the outbox: it would come back with every connection.
Result<void, CommandError> check(const Draft& draft) {
  const auto checked = wire::check_body(draft.kind, draft.body);
  if (checked) return {};
  return fail(checked.error() == wire::BodyError::TooLarge ? CommandError::TooLarge : CommandError::BadText);
}

}  // namespace

Result<Sent, CommandError> Session::send(RoomId room, Draft draft, Instant now, Output& out) {
  const std::uint32_t i = rooms_.find(room);
  if (i == RoomTable::kNone) return fail(CommandError::UnknownRoom);
  if (const auto checked = check(draft); !checked) return fail(checked.error());
  if (outbox_.size() >= limits::kOutboxEntriesMax) return fail(CommandError::Full);
  Cseq& last_cseq = rooms_.counters(i).last_cseq;
  if (last_cseq.value == UINT32_MAX) return fail(CommandError::Full);
  last_cseq = last_cseq.next();
  wire::Send entry{.room = room,
                   .cseq = last_cseq,
                   .client_msg_id = ClientMsgId(rng_.next() | 1),  // zero names nothing
                   .kind = draft.kind,
                   .target = draft.target,
                   .thread = draft.thread,
                   .subject = draft.subject,
                   .role = draft.role,
                   .body = std::move(draft.body)};
  const Sent sent{.cseq = entry.cseq, .client_msg_id = entry.client_msg_id};
  const std::uint64_t token = settings_->durable ? persist(PersistOutboxPut{entry, last_cseq}, out) : 0;
  outbox_.add(std::move(entry), token);
  send_outbox(room, now, out);
  return sent;
}

Result<std::uint64_t, CommandError> Session::create_room(wire::RoomKind kind, std::string title,
                                                         std::vector<UserId> members, Instant now, Output& out) {
  if (title.size() > wire::limits::kTitleBytesMax || members.size() > wire::limits::kCreateMembersMax) {
    return fail(CommandError::TooLarge);
  }
  if (!wire::is_utf8(title)) return fail(CommandError::BadText);
  if (requests_.full()) return fail(CommandError::Full);
  const std::uint64_t request_id = rng_.next() | 1;
  requests_.add(request_id,
                wire::CreateRoom{
                    .request_id = request_id, .kind = kind, .title = std::move(title), .members = std::move(members)});
  if (link_.ready()) requests_.next_frames(now, out.frames);
  return request_id;
}

Result<std::uint64_t, CommandError> Session::join_room(RoomId room, bool decline, Instant now, Output& out) {
  if (!room) return fail(CommandError::UnknownRoom);
  if (requests_.full()) return fail(CommandError::Full);
  const std::uint64_t request_id = rng_.next() | 1;
  requests_.add(request_id, wire::JoinRoom{.request_id = request_id, .room = room, .decline = decline});
  if (link_.ready()) requests_.next_frames(now, out.frames);
  return request_id;
}

Result<std::uint64_t, CommandError> Session::put_item(wire::ItemKind kind, std::string key, std::string value,
                                                      std::uint64_t base, Instant now, Output& out) {
  if (key.empty() || key.size() > wire::limits::kItemKeyBytesMax || value.size() > wire::limits::kItemValueBytesMax) {
    return fail(CommandError::TooLarge);
  }
  if (!wire::is_utf8(key)) return fail(CommandError::BadText);
  if (requests_.full()) return fail(CommandError::Full);
  const std::uint64_t request_id = rng_.next() | 1;
  requests_.add(
      request_id,
      wire::PutItem{
          .request_id = request_id, .kind = kind, .key = std::move(key), .value = std::move(value), .base = base});
  if (link_.ready()) requests_.next_frames(now, out.frames);
  return request_id;
}

Result<std::uint32_t, CommandError> Session::read_history(RoomId room, Seq from, bool backward, std::uint32_t limit,
                                                          Instant now, Output& out) {
  const std::uint32_t i = rooms_.find(room);
  if (i == RoomTable::kNone) return fail(CommandError::UnknownRoom);
  if (limit == 0 || limit > wire::limits::kPageEventsMax) return fail(CommandError::TooLarge);
  if (!link_.ready()) return fail(CommandError::Offline);
  if (requests_.full()) return fail(CommandError::Full);
  begin_waiting(now);
  const std::uint32_t request_id = requests_.add_page(room, now + limits::kAnswerTimeout);
  out.frames.emplace_back(wire::HistoryRequest{.request_id = request_id,
                                               .room = room,
                                               .from = from,
                                               .backward = backward,
                                               .limit = limit,
                                               .floor = rooms_.floor(i)});
  return request_id;
}

Result<void, CommandError> Session::mark_read(RoomId room, Seq seq, std::uint64_t msg_no, Instant now, Output& out) {
  if (rooms_.find(room) == RoomTable::kNone) return fail(CommandError::UnknownRoom);
  requests_.add_mark({.room = room, .seq = seq, .msg_no = msg_no});
  if (link_.ready()) requests_.next_frames(now, out.frames);
  return {};
}

void Session::typing(RoomId room, Instant now, Output& out) {
  if (!link_.ready() || now < typing_not_before_) return;
  typing_not_before_ = now + limits::kTypingInterval;
  out.frames.emplace_back(wire::Typing{.room = room});
}

Result<void, CommandError> Session::set_mode(RoomId room, wire::SyncMode mode, Instant now, Output& out) {
  const std::uint32_t i = rooms_.find(room);
  if (i == RoomTable::kNone) return fail(CommandError::UnknownRoom);
  if (rooms_.cursor(i).mode() == mode) return {};
  rooms_.cursor(i).set_mode(mode);
  persist(PersistRoom{rooms_.state(i)}, out);
  want_sync(i);
  send_syncs(now, out);
  return {};
}

Result<void, CommandError> Session::watch(RoomId room, std::vector<UserId> users, bool receipts, Output& out) {
  if (rooms_.find(room) == RoomTable::kNone) return fail(CommandError::UnknownRoom);
  std::erase(users, UserId());
  wire::Watch watch{.room = room, .users = std::move(users), .receipts = receipts};
  if (watches_.users_with(watch) > wire::limits::kWatchUsersMax) return fail(CommandError::TooLarge);
  if (watches_.set(watch) && link_.ready()) out.frames.emplace_back(std::move(watch));
  return {};
}

void Session::set_away(bool away, Output& out) {
  if (watches_.set_away(away) && link_.ready()) out.frames.emplace_back(wire::SetPresence{.away = away});
}

}  // namespace starling::client
