#include "common/wire/codec.h"
#include "common/wire/encode_fields.h"

namespace starling::wire {
namespace {

void write(const Hello& in, pb::ClientFrame& frame) {
  pb::Hello* out = frame.mutable_hello();
  out->set_version(in.version);
  out->set_token(in.token);
  out->set_rooms_version(in.rooms_version);
  out->set_agent(in.agent);
  out->set_items_version(in.items_version);
}

void write(const Sync& in, pb::ClientFrame& frame) {
  pb::Sync* out = frame.mutable_sync();
  for (const SyncRoom& room : in.rooms) {
    pb::SyncRoom* each = out->add_rooms();
    each->set_room(room.room.value);
    if (room.cursor != Cursor{}) wire::write(room.cursor, each->mutable_cursor());
    each->set_floor(room.floor.value);
    each->set_mode(static_cast<std::uint32_t>(room.mode));
  }
}

void write(const Send& in, pb::ClientFrame& frame) {
  pb::Send* out = frame.mutable_send();
  out->set_room(in.room.value);
  out->set_epoch(in.epoch.value);
  out->set_cseq(in.cseq.value);
  out->set_client_msg_id(in.client_msg_id.value);
  out->set_kind(static_cast<std::uint32_t>(in.kind));
  out->set_target(in.target.value);
  out->set_subject(in.subject.value);
  out->set_role(static_cast<std::uint32_t>(in.role));
  out->set_renumbered(in.renumbered);
  out->set_body(in.body);
  out->set_thread(in.thread.value);
}

void write(const HistoryRequest& in, pb::ClientFrame& frame) {
  pb::HistoryRequest* out = frame.mutable_history_request();
  out->set_request_id(in.request_id);
  out->set_room(in.room.value);
  out->set_from(in.from.value);
  out->set_backward(in.backward);
  out->set_limit(in.limit);
  out->set_floor(in.floor.value);
}

void write(const Delivered& in, pb::ClientFrame& frame) {
  pb::Delivered* out = frame.mutable_delivered();
  for (const RoomSeq& room : in.rooms) {
    pb::RoomSeq* each = out->add_rooms();
    each->set_room(room.room.value);
    each->set_seq(room.seq.value);
  }
}

void write(const ReadMark& in, pb::ClientFrame& frame) {
  pb::ReadMark* out = frame.mutable_read_mark();
  out->set_room(in.room.value);
  out->set_seq(in.seq.value);
  out->set_msg_no(in.msg_no);
}

void write(const Typing& in, pb::ClientFrame& frame) { frame.mutable_typing()->set_room(in.room.value); }

void write(const CreateRoom& in, pb::ClientFrame& frame) {
  pb::CreateRoom* out = frame.mutable_create_room();
  out->set_request_id(in.request_id);
  out->set_kind(static_cast<std::uint32_t>(in.kind));
  out->set_title(in.title);
  for (const UserId member : in.members) out->add_members(member.value);
}

void write(const JoinRoom& in, pb::ClientFrame& frame) {
  pb::JoinRoom* out = frame.mutable_join_room();
  out->set_request_id(in.request_id);
  out->set_room(in.room.value);
  out->set_decline(in.decline);
}

void write(const PutItem& in, pb::ClientFrame& frame) {
  pb::PutItem* out = frame.mutable_put_item();
  out->set_request_id(in.request_id);
  out->set_kind(static_cast<std::uint32_t>(in.kind));
  out->set_key(in.key);
  out->set_value(in.value);
  out->set_base(in.base);
}

void write(const ReadItems& in, pb::ClientFrame& frame) { frame.mutable_read_items()->set_after(in.after); }

void write(const Watch& in, pb::ClientFrame& frame) {
  pb::Watch* out = frame.mutable_watch();
  out->set_room(in.room.value);
  for (const UserId user : in.users) out->add_users(user.value);
  out->set_receipts(in.receipts);
}

void write(const SetPresence& in, pb::ClientFrame& frame) { frame.mutable_set_presence()->set_away(in.away); }

}  // namespace

void encode(const ClientFrame& frame, std::string& out) {
  append_message<pb::ClientFrame>(
      out, [&](pb::ClientFrame& message) { std::visit([&](const auto& each) { write(each, message); }, frame); });
}

}  // namespace starling::wire
