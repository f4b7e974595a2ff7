#include "common/wire/codec.h"
#include "common/wire/encode_fields.h"

namespace starling::wire {
namespace {

void write(const Welcome& in, pb::ServerFrame& frame) {
  pb::Welcome* out = frame.mutable_welcome();
  out->set_version(in.version);
  out->set_user(in.user.value);
  out->set_device(in.device.value);
  out->set_boot(in.boot);
  out->set_now_ms(to_ms(in.now));
  out->set_ticket(in.ticket);
  out->set_ticket_expires_ms(to_ms(in.ticket_expires));
  out->set_rooms_version(in.rooms_version);
}

void write_info(const RoomInfo& in, pb::RoomInfo* out) {
  out->set_room(in.room.value);
  out->set_kind(static_cast<std::uint32_t>(in.kind));
  out->set_role(static_cast<std::uint32_t>(in.role));
  out->set_title(in.title);
}

void write(const RoomList& in, pb::ServerFrame& frame) {
  pb::RoomList* out = frame.mutable_room_list();
  out->set_rooms_version(in.rooms_version);
  out->set_more(in.more);
  for (const RoomInfo& room : in.rooms) write_info(room, out->add_rooms());
}

void write(const RoomChanged& in, pb::ServerFrame& frame) {
  pb::RoomChanged* out = frame.mutable_room_changed();
  out->set_rooms_version(in.rooms_version);
  write_info(in.info, out->mutable_info());
}

void write(const Synced& in, pb::ServerFrame& frame) {
  pb::Synced* out = frame.mutable_synced();
  for (const SyncedRoom& room : in.rooms) {
    pb::SyncedRoom* each = out->add_rooms();
    each->set_room(room.room.value);
    each->set_status(static_cast<std::uint32_t>(room.status));
    each->set_reason(static_cast<std::uint32_t>(room.reason));
    each->set_epoch(room.epoch.value);
    each->set_head(room.head.value);
    each->set_head_msg_no(room.head_msg_no);
    each->set_min_seq(room.min_seq.value);
    if (room.start != Cursor{}) wire::write(room.start, each->mutable_start());
    each->set_next_cseq(room.next_cseq.value);
    each->set_read_seq(room.read_seq.value);
    each->set_read_msg_no(room.read_msg_no);
    each->set_retry_after_ms(room.retry_after_ms);
  }
}

void write_event(const Event& in, pb::Event* out) {
  out->set_room(in.room.value);
  out->set_epoch(in.epoch.value);
  out->set_seq(in.seq.value);
  out->set_kind(static_cast<std::uint32_t>(in.kind));
  out->set_sender(in.sender.value);
  out->set_device(in.device.value);
  out->set_cseq(in.cseq.value);
  out->set_client_msg_id(in.client_msg_id.value);
  out->set_ts_ms(to_ms(in.ts));
  out->set_msg_no(in.msg_no);
  out->set_target(in.target.value);
  out->set_subject(in.subject.value);
  out->set_role(static_cast<std::uint32_t>(in.role));
  out->set_erased_hash(in.erased_hash);
  out->set_thread(in.thread.value);
  out->set_body(in.body);
}

void write(const Event& in, pb::ServerFrame& frame) { write_event(in, frame.mutable_event()); }

void write(const Head& in, pb::ServerFrame& frame) {
  pb::Head* out = frame.mutable_head();
  out->set_room(in.room.value);
  out->set_epoch(in.epoch.value);
  out->set_seq(in.seq.value);
  out->set_msg_no(in.msg_no);
}

void write(const SendResult& in, pb::ServerFrame& frame) {
  pb::SendResult* out = frame.mutable_send_result();
  out->set_room(in.room.value);
  out->set_cseq(in.cseq.value);
  out->set_client_msg_id(in.client_msg_id.value);
  out->set_status(static_cast<std::uint32_t>(in.status));
  out->set_epoch(in.epoch.value);
  out->set_seq(in.seq.value);
  out->set_ts_ms(to_ms(in.ts));
  out->set_expected(in.expected.value);
  out->set_retry_after_ms(in.retry_after_ms);
}

void write(const HistoryPage& in, pb::ServerFrame& frame) {
  pb::HistoryPage* out = frame.mutable_history_page();
  out->set_request_id(in.request_id);
  out->set_room(in.room.value);
  out->set_status(static_cast<std::uint32_t>(in.status));
  out->set_retry_after_ms(in.retry_after_ms);
  out->set_epoch(in.epoch.value);
  out->set_hash_before(in.hash_before.value);
  for (const Event& event : in.events) write_event(event, out->add_events());
  for (const Event& event : in.related) write_event(event, out->add_related());
  out->set_as_of(in.as_of.value);
  out->set_min_seq(in.min_seq.value);
  out->set_head(in.head.value);
}

void write(const ReadMarked& in, pb::ServerFrame& frame) {
  pb::ReadMarked* out = frame.mutable_read_marked();
  out->set_room(in.room.value);
  out->set_seq(in.seq.value);
  out->set_msg_no(in.msg_no);
}

void write(const TypingNotice& in, pb::ServerFrame& frame) {
  pb::TypingNotice* out = frame.mutable_typing_notice();
  out->set_room(in.room.value);
  out->set_user(in.user.value);
}

void write(const RoomCreated& in, pb::ServerFrame& frame) {
  pb::RoomCreated* out = frame.mutable_room_created();
  out->set_request_id(in.request_id);
  out->set_status(static_cast<std::uint32_t>(in.status));
  out->set_room(in.room.value);
  out->set_retry_after_ms(in.retry_after_ms);
}

void write(const Reconnect& in, pb::ServerFrame& frame) {
  pb::Reconnect* out = frame.mutable_reconnect();
  out->set_after_ms(in.after_ms);
  out->set_node(in.node);
  out->set_reason(in.reason);
}

void write(const Error& in, pb::ServerFrame& frame) {
  pb::Error* out = frame.mutable_error();
  out->set_code(static_cast<std::uint32_t>(in.code));
  out->set_message(in.message);
  out->set_room(in.room.value);
  out->set_retry_after_ms(in.retry_after_ms);
}

void write(const RoomJoined& in, pb::ServerFrame& frame) {
  pb::RoomJoined* out = frame.mutable_room_joined();
  out->set_request_id(in.request_id);
  out->set_room(in.room.value);
  out->set_status(static_cast<std::uint32_t>(in.status));
  out->set_retry_after_ms(in.retry_after_ms);
}

void write_item(const Item& in, pb::Item* out) {
  out->set_kind(static_cast<std::uint32_t>(in.kind));
  out->set_key(in.key);
  out->set_value(in.value);
  out->set_version(in.version);
}

void write(const Items& in, pb::ServerFrame& frame) {
  pb::Items* out = frame.mutable_items();
  out->set_prev(in.prev);
  out->set_version(in.version);
  out->set_more(in.more);
  for (const Item& item : in.items) write_item(item, out->add_items());
}

void write(const ItemPut& in, pb::ServerFrame& frame) {
  pb::ItemPut* out = frame.mutable_item_put();
  out->set_request_id(in.request_id);
  out->set_status(static_cast<std::uint32_t>(in.status));
  write_item(in.item, out->mutable_item());
  out->set_retry_after_ms(in.retry_after_ms);
}

void write(const PresenceChanged& in, pb::ServerFrame& frame) {
  pb::PresenceChanged* out = frame.mutable_presence_changed();
  for (const UserPresence& user : in.users) {
    pb::UserPresence* each = out->add_users();
    each->set_user(user.user.value);
    each->set_state(static_cast<std::uint32_t>(user.state));
    each->set_last_seen_ms(to_ms(user.last_seen));
  }
}

void write(const Receipts& in, pb::ServerFrame& frame) {
  pb::Receipts* out = frame.mutable_receipts();
  out->set_room(in.room.value);
  for (const MemberReceipt& member : in.members) {
    pb::MemberReceipt* each = out->add_members();
    each->set_user(member.user.value);
    each->set_delivered(member.delivered.value);
    each->set_read(member.read.value);
  }
  out->set_counted_from(in.counted_from.value);
  for (const std::uint32_t count : in.delivered_counts) out->add_delivered_counts(count);
  for (const std::uint32_t count : in.read_counts) out->add_read_counts(count);
}

}  // namespace

void encode(const ServerFrame& frame, std::string& out) {
  append_message<pb::ServerFrame>(
      out, [&](pb::ServerFrame& message) { std::visit([&](const auto& each) { write(each, message); }, frame); });
}

}  // namespace starling::wire
