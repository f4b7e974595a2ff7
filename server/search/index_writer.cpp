#include "server/search/index_writer.h"

#include <algorithm>

#include "server/search/grams.h"
#include "server/search/hours.h"
#include "server/search/limits.h"

namespace starling::search {
namespace {

using sqlite::Blob;
using sqlite::Rows;

IndexedRoom room_of(const Rows& row) {
  return {.number = row.u64(0),
          .room = row.as<RoomId>(1),
          .epoch = row.as<Epoch>(2),
          .indexed_seq = row.as<Seq>(3),
          .min_seq = row.as<Seq>(4),
          .docs = row.u64(5)};
}

}  // namespace

IndexWriter::IndexWriter(sqlite::Connection& connection)
    : connection_(&connection),
      begin_(connection, "BEGIN IMMEDIATE"),
      commit_(connection, "COMMIT"),
      history_(connection, "SELECT history FROM meta"),
      put_history_(connection, "UPDATE meta SET history = ?"),
      rooms_(connection,
             "SELECT number, room_id, epoch, indexed_seq, min_seq, docs FROM rooms WHERE room_id BETWEEN ? AND ? "
             "ORDER BY room_id"),
      room_(connection, "SELECT number, room_id, epoch, indexed_seq, min_seq, docs FROM rooms WHERE room_id = ?"),
      put_room_(
          connection,
          "INSERT INTO rooms VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (number) DO UPDATE SET epoch = excluded.epoch, "
          "indexed_seq = excluded.indexed_seq"),
      cut_room_(connection, "UPDATE rooms SET min_seq = ? WHERE number = ?"),
      put_epoch_(connection, "UPDATE rooms SET epoch = ? WHERE number = ?"),
      count_(connection, "UPDATE rooms SET docs = docs + ? WHERE number = ?"),
      drop_room_(connection, "DELETE FROM rooms WHERE number = ?"),
      doc_(connection, "SELECT id, room, sender, text FROM docs WHERE room = ? AND seq = ?"),
      docs_below_(connection,
                  "SELECT id, room, sender, text FROM docs WHERE room = ? AND seq < ? ORDER BY seq LIMIT ?"),
      put_doc_(connection, "INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?)"),
      put_text_(connection, "UPDATE docs SET text = ? WHERE id = ?"),
      drop_doc_(connection, "DELETE FROM docs WHERE id = ?"),
      put_grams_(connection, "INSERT INTO grams (rowid, doc) VALUES (?, ?)"),
      drop_grams_(connection, "INSERT INTO grams (grams, rowid, doc) VALUES ('delete', ?, ?)"),
      put_hour_(connection,
                "INSERT INTO hours VALUES (?1, ?2, ?3) ON CONFLICT (hour) DO UPDATE SET first_id = min(first_id, ?2), "
                "last_id = max(last_id, ?3)"),
      next_id_(connection, "UPDATE meta SET next_id = next_id + ? RETURNING next_id"),
      next_number_(static_cast<std::uint64_t>(connection.number("SELECT coalesce(max(number), 0) + 1 FROM rooms"))) {}

std::uint64_t IndexWriter::history() {
  Rows rows = history_.query();
  return rows.next() ? rows.u64(0) : 0;
}

std::vector<IndexedRoom> IndexWriter::rooms(RoomId first, RoomId last) {
  std::vector<IndexedRoom> all;
  Rows rows = rooms_.query(first, last);
  while (rows.next()) all.push_back(room_of(rows));
  return all;
}

std::optional<IndexedRoom> IndexWriter::room(RoomId room) {
  Rows rows = room_.query(room);
  if (!rows.next()) return std::nullopt;
  return room_of(rows);
}

void IndexWriter::apply(const IndexBatch& batch) {
  begin_.run();
  try {
    write(batch);
    commit_.run();
  } catch (const sqlite::SqliteError&) {
    connection_->rollback();
    throw;
  }
}

void IndexWriter::write(const IndexBatch& batch) {
  for (const auto& [number, room] : batch.rooms()) {
    put_room_.run(number, room.room, room.epoch, room.indexed_seq, room.min_seq);
  }
  change(batch);
  std::uint64_t id = 0;
  {
    Rows rows = next_id_.query(batch.added().size());
    if (rows.next()) id = rows.u64(0) - batch.added().size();
    rows.next();
  }
  std::map<std::uint64_t, std::int64_t> docs;
  std::map<std::int64_t, std::pair<std::uint64_t, std::uint64_t>> hours;
  for (const NewDoc& doc : batch.added()) {
    if (!doc.removed) {
      add(doc, id);
      ++docs[doc.room];
      hours.try_emplace(hour_of(to_ms(doc.ts)), id, id).first->second.second = id;
    }
    ++id;
  }
  for (const auto& [room, more] : docs) count(room, more);
  for (const auto& [hour, ids] : hours) put_hour_.run(hour, ids.first, ids.second);
}

/// In the order of ids: FTS5 begins a new segment whenever one goes back.
void IndexWriter::change(const IndexBatch& batch) {
  std::vector<OldDoc> old;
  for (const auto& [place, text] : batch.changed()) {
    Rows rows = doc_.query(place.first, place.second);
    if (!rows.next()) continue;
    old.push_back({.id = rows.u64(0),
                   .room = rows.u64(1),
                   .sender = rows.u64(2),
                   .text = std::string(rows.bytes(3)),
                   .new_text = &text});
  }
  std::sort(old.begin(), old.end(), [](const OldDoc& a, const OldDoc& b) { return a.id < b.id; });
  for (const OldDoc& doc : old) {
    if (!*doc.new_text) {
      remove(doc);
      count(doc.room, -1);
      continue;
    }
    drop_grams_.run(doc.id, document_of(doc.room, doc.sender, doc.text));
    put_grams_.run(doc.id, document_of(doc.room, doc.sender, **doc.new_text));
    put_text_.run(Blob{**doc.new_text}, doc.id);
  }
}

void IndexWriter::add(const NewDoc& doc, std::uint64_t id) {
  put_doc_.run(id, doc.room, doc.seq, doc.sender, doc.ts, Blob{doc.text});
  put_grams_.run(id, document_of(doc.room, doc.sender.value, doc.text));
}

void IndexWriter::remove(const OldDoc& doc) {
  drop_grams_.run(doc.id, document_of(doc.room, doc.sender, doc.text));
  drop_doc_.run(doc.id);
}

void IndexWriter::count(std::uint64_t room, std::int64_t docs) { count_.run(docs, room); }

bool IndexWriter::cut(const IndexedRoom& room, Seq min_seq, bool whole) {
  std::vector<OldDoc> old;
  {
    Rows rows = docs_below_.query(room.number, min_seq, limits::kBatchChanges);
    while (rows.next()) {
      old.push_back(
          {.id = rows.u64(0), .room = rows.u64(1), .sender = rows.u64(2), .text = std::string(rows.bytes(3))});
    }
  }
  std::sort(old.begin(), old.end(), [](const OldDoc& a, const OldDoc& b) { return a.id < b.id; });
  const bool last = old.size() < limits::kBatchChanges;
  begin_.run();
  try {
    for (const OldDoc& doc : old) remove(doc);
    count(room.number, -static_cast<std::int64_t>(old.size()));
    if (last && whole) {
      drop_room_.run(room.number);
    } else if (last) {
      cut_room_.run(min_seq, room.number);
    }
    commit_.run();
  } catch (const sqlite::SqliteError&) {
    connection_->rollback();
    throw;
  }
  return !last;
}

}  // namespace starling::search
