#include "client-qt/cache/schema.h"

#include <array>
#include <string>

namespace starling::qt {
namespace {

// A step is never changed once it was released; a change is another step.
constexpr std::array kSteps = {
    R"sql(
CREATE TABLE account(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE room(
  room INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL DEFAULT 0, hash INTEGER NOT NULL DEFAULT 0,
  floor INTEGER NOT NULL DEFAULT 0, last_cseq INTEGER NOT NULL DEFAULT 0, mode INTEGER NOT NULL DEFAULT 1,
  member INTEGER NOT NULL DEFAULT 1,
  kind INTEGER NOT NULL DEFAULT 1, role INTEGER NOT NULL DEFAULT 0, title TEXT NOT NULL DEFAULT '',
  peer INTEGER NOT NULL DEFAULT 0,
  head INTEGER NOT NULL DEFAULT 0, head_msg_no INTEGER NOT NULL DEFAULT 0, min_seq INTEGER NOT NULL DEFAULT 0,
  read_seq INTEGER NOT NULL DEFAULT 0, read_msg_no INTEGER NOT NULL DEFAULT 0,
  contiguous_from INTEGER NOT NULL DEFAULT 0);
CREATE TABLE event(
  room INTEGER NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL, kind INTEGER NOT NULL,
  sender INTEGER NOT NULL, device INTEGER NOT NULL, cseq INTEGER NOT NULL, client_msg_id INTEGER NOT NULL,
  ts INTEGER NOT NULL, msg_no INTEGER NOT NULL, target INTEGER NOT NULL, subject INTEGER NOT NULL,
  role INTEGER NOT NULL, erased_hash INTEGER NOT NULL, thread INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(room, seq)) WITHOUT ROWID;
CREATE INDEX event_target ON event(room, target, seq) WHERE target <> 0;
CREATE INDEX event_thread ON event(room, thread, seq) WHERE thread <> 0;
CREATE INDEX event_members ON event(room, seq) WHERE kind IN (6, 7, 17);
CREATE INDEX event_message ON event(room, seq) WHERE kind = 1;
CREATE TABLE mention(room INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(room, seq)) WITHOUT ROWID;
CREATE TABLE outbox(
  client_msg_id INTEGER PRIMARY KEY, room INTEGER NOT NULL, cseq INTEGER NOT NULL, kind INTEGER NOT NULL,
  target INTEGER NOT NULL, subject INTEGER NOT NULL, role INTEGER NOT NULL, renumbered INTEGER NOT NULL,
  thread INTEGER NOT NULL, body TEXT NOT NULL, queued_ms INTEGER NOT NULL, after_seq INTEGER NOT NULL,
  orphan INTEGER NOT NULL);
CREATE TABLE refused(
  client_msg_id INTEGER PRIMARY KEY, room INTEGER NOT NULL, status INTEGER NOT NULL, kind INTEGER NOT NULL,
  target INTEGER NOT NULL, thread INTEGER NOT NULL, body TEXT NOT NULL, queued_ms INTEGER NOT NULL);
CREATE TABLE draft(
  room INTEGER PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL, other_text TEXT NOT NULL,
  other_version INTEGER NOT NULL);
CREATE TABLE profile(
  user INTEGER PRIMARY KEY, handle TEXT NOT NULL, name TEXT NOT NULL, color TEXT NOT NULL, status TEXT NOT NULL);
)sql",
    R"sql(
CREATE TABLE item(
  kind INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL, wanted TEXT,
  PRIMARY KEY(kind, key)) WITHOUT ROWID;
DELETE FROM account WHERE key LIKE 'mute/%' OR key LIKE 'folder/%';
)sql",
};

}  // namespace

void migrate(sqlite::Connection& connection) {
  const auto found = static_cast<std::size_t>(connection.number("PRAGMA user_version"));
  if (found > kSteps.size()) {
    throw sqlite::SqliteError(kNewerSchema, "the file was written by a later version of this program");
  }
  for (std::size_t step = found; step < kSteps.size(); ++step) {
    connection.exec("BEGIN IMMEDIATE");
    connection.exec(kSteps.at(step));
    connection.exec(("PRAGMA user_version = " + std::to_string(step + 1)).c_str());
    connection.exec("COMMIT");
  }
}

}  // namespace starling::qt
