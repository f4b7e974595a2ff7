// Everything that is not the log.
#include "client-qt/cache/store.h"

namespace starling::qt {

using sqlite::Rows;
using sqlite::Statement;

std::map<std::string, std::string> Store::account() {
  std::map<std::string, std::string> out;
  Statement statement = prepare("SELECT key, value FROM account");
  Rows rows = statement.query();
  while (rows.next()) out.emplace(rows.bytes(0), rows.bytes(1));
  return out;
}

void Store::run(const StoreAccount& op) {
  prepare("INSERT OR REPLACE INTO account(key, value) VALUES (?, ?)").run(op.key, op.value);
  if (op.key == "user") user_ = UserId(std::stoull(op.value));
}

std::vector<RoomRow> Store::rooms() {
  std::vector<RoomRow> out;
  Statement statement = prepare(
      "SELECT room, epoch, seq, hash, floor, last_cseq, mode, member, kind, role, title, peer, head, head_msg_no, "
      "min_seq, read_seq, read_msg_no, contiguous_from FROM room");
  Rows row = statement.query();
  while (row.next()) {
    const RoomId room = row.as<RoomId>(0);
    RoomRow each{.state = {.room = room,
                           .cursor = {.epoch = row.as<Epoch>(1), .seq = row.as<Seq>(2), .hash = row.as<PrefixHash>(3)},
                           .floor = row.as<Seq>(4),
                           .last_cseq = row.as<Cseq>(5),
                           .mode = row.as<wire::SyncMode>(6),
                           .member = row.i64(7) != 0},
                 .info = {.room = room,
                          .kind = row.as<wire::RoomKind>(8),
                          .role = row.as<wire::Role>(9),
                          .title = std::string(row.bytes(10))},
                 .head = row.as<Seq>(12),
                 .head_msg_no = row.u64(13),
                 .min_seq = row.as<Seq>(14),
                 .read_seq = row.as<Seq>(15),
                 .read_msg_no = row.u64(16),
                 .peer = row.as<UserId>(11),
                 .contiguous_from = row.as<Seq>(17)};
    each.preview = last_message(room);
    each.mentions = unread_mentions(room);
    out.push_back(std::move(each));
  }
  return out;
}

std::vector<OutboxRow> Store::outbox() {
  std::vector<OutboxRow> out;
  Statement statement = prepare(
      "SELECT client_msg_id, room, cseq, kind, target, subject, role, renumbered, body, queued_ms, after_seq, orphan, "
      "thread FROM outbox ORDER BY orphan, room, cseq, rowid");
  Rows row = statement.query();
  while (row.next()) {
    out.push_back({.send = {.room = row.as<RoomId>(1),
                            .cseq = row.as<Cseq>(2),
                            .client_msg_id = row.as<ClientMsgId>(0),
                            .kind = row.as<wire::EventKind>(3),
                            .target = row.as<Seq>(4),
                            .thread = row.as<Seq>(12),
                            .subject = row.as<UserId>(5),
                            .role = row.as<wire::Role>(6),
                            .renumbered = row.i64(7) != 0,
                            .body = std::string(row.bytes(8))},
                   .queued = wall_from_ms(row.i64(9)),
                   .after = row.as<Seq>(10),
                   .orphan = row.i64(11) != 0});
  }
  return out;
}

std::vector<RefusedRow> Store::refused() {
  std::vector<RefusedRow> out;
  Statement statement = prepare(
      "SELECT client_msg_id, room, status, kind, target, body, queued_ms, thread FROM refused ORDER BY queued_ms");
  Rows row = statement.query();
  while (row.next()) {
    out.push_back({.send = {.room = row.as<RoomId>(1),
                            .client_msg_id = row.as<ClientMsgId>(0),
                            .kind = row.as<wire::EventKind>(3),
                            .target = row.as<Seq>(4),
                            .thread = row.as<Seq>(7),
                            .body = std::string(row.bytes(5))},
                   .status = row.as<wire::SendStatus>(2),
                   .queued = wall_from_ms(row.i64(6))});
  }
  return out;
}

std::vector<ProfileRow> Store::profiles() {
  std::vector<ProfileRow> out;
  Statement statement = prepare("SELECT user, handle, name, color, status FROM profile");
  Rows row = statement.query();
  while (row.next()) {
    out.push_back({.user = row.as<UserId>(0),
                   .handle = std::string(row.bytes(1)),
                   .name = std::string(row.bytes(2)),
                   .color = std::string(row.bytes(3)),
                   .status = std::string(row.bytes(4))});
  }
  return out;
}

void Store::run(const StoreProfile& op) {
  const ProfileRow& profile = op.profile;
  prepare("INSERT OR REPLACE INTO profile(user, handle, name, color, status) VALUES (?, ?, ?, ?, ?)")
      .run(profile.user, profile.handle, profile.name, profile.color, profile.status);
}

void Store::run(const StorePeer& op) { prepare("UPDATE room SET peer = ?2 WHERE room = ?1").run(op.room, op.peer); }

void Store::run(const StoreDraft& op) {
  if (op.draft.text.empty() && op.draft.other_text.empty()) {
    prepare("DELETE FROM draft WHERE room = ?").run(op.room);
    return;
  }
  prepare("INSERT OR REPLACE INTO draft(room, text, version, other_text, other_version) VALUES (?, ?, ?, ?, ?)")
      .run(op.room, op.draft.text, op.draft.version, op.draft.other_text, op.draft.other_version);
}

void Store::run(const OfferDraft& op) {
  DraftRow mine = draft(op.room);
  if (mine.text == op.text) return;
  if (mine.text.empty() || mine.text == op.before) {
    mine.text = op.text;
  } else if (!op.text.empty()) {
    mine.other_text = op.text;
    mine.other_version = op.version;
  }
  run(StoreDraft{op.room, mine});
}

DraftRow Store::draft(RoomId room) {
  Statement statement = prepare("SELECT text, version, other_text, other_version FROM draft WHERE room = ?");
  Rows row = statement.query(room);
  if (!row.next()) return {};
  return {.text = std::string(row.bytes(0)),
          .version = row.u64(1),
          .other_text = std::string(row.bytes(2)),
          .other_version = row.u64(3)};
}

}  // namespace starling::qt
