-- The log of rooms and what is derived from it in the same transaction. Ids are unsigned 64-bit numbers, kept as the
-- signed integer of the same bits. `PRAGMA user_version` is the number of the newest migration that was applied.

CREATE TABLE rooms (
  room_id INTEGER PRIMARY KEY,
  kind    INTEGER NOT NULL,
  title   TEXT    NOT NULL,
  epoch   INTEGER NOT NULL,
  head    INTEGER NOT NULL,            -- seq of the newest event: the log is dense from min_seq to here
  msg_no  INTEGER NOT NULL,            -- of the newest event
  min_seq INTEGER NOT NULL DEFAULT 1,  -- retention has cut below
  last_ts INTEGER NOT NULL             -- of the newest event, ms since 1970
) STRICT;

CREATE TABLE events (
  room_id       INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  epoch         INTEGER NOT NULL,
  kind          INTEGER NOT NULL,
  sender        INTEGER NOT NULL,
  device        INTEGER NOT NULL,  -- 0: the server's own
  cseq          INTEGER NOT NULL,
  client_msg_id INTEGER NOT NULL,
  ts            INTEGER NOT NULL,
  msg_no        INTEGER NOT NULL,
  target        INTEGER NOT NULL,
  subject       INTEGER NOT NULL,
  role          INTEGER NOT NULL,
  erased_hash   INTEGER NOT NULL,  -- hash of the body that a deletion erased; else 0
  body          BLOB    NOT NULL,
  PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;

-- The idempotency key.
CREATE UNIQUE INDEX events_by_sender ON events (room_id, device, cseq) WHERE device <> 0;
-- What refers to a message. Messages stay out of it, replies included, so that a send pays nothing.
CREATE INDEX events_by_target ON events (room_id, target) WHERE kind <> 1 AND target <> 0;

-- The last cseq that a room's log consumed for a device, rejected ones included. Never pruned before the device is:
-- an outbox that comes back after months must not be taken for new messages.
CREATE TABLE device_pos (
  room_id   INTEGER NOT NULL,
  device    INTEGER NOT NULL,
  last_cseq INTEGER NOT NULL,
  PRIMARY KEY (room_id, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  room_id   INTEGER NOT NULL,
  user_id   INTEGER NOT NULL,
  role      INTEGER NOT NULL,
  join_seq  INTEGER NOT NULL,
  leave_seq INTEGER NOT NULL DEFAULT 0,  -- 0: present
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id) WHERE leave_seq = 0;

-- Users whose list of rooms has ever changed; the others are at version 1.
CREATE TABLE users (
  user_id       INTEGER PRIMARY KEY,
  rooms_version INTEGER NOT NULL
) STRICT;

CREATE TABLE read_marks (
  user_id INTEGER NOT NULL,
  room_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  msg_no  INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;

-- Folds of the log up to seq, so that no reader folds a log from its beginning.
CREATE TABLE checkpoints (
  room_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  hash    INTEGER NOT NULL,
  PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE created_rooms (
  device     INTEGER NOT NULL,
  request_id INTEGER NOT NULL,
  room_id    INTEGER NOT NULL,
  PRIMARY KEY (device, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE direct_rooms (
  low_user  INTEGER NOT NULL,
  high_user INTEGER NOT NULL,
  room_id   INTEGER NOT NULL,
  PRIMARY KEY (low_user, high_user)
) STRICT, WITHOUT ROWID;

-- One row, rewritten to find out whether the disk takes commits again.
CREATE TABLE trials (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  count INTEGER NOT NULL
) STRICT;
INSERT INTO trials (id, count) VALUES (1, 0);
