-- Rooms that people run: topics, public rooms, threads, pins, moderation, invitations.

ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0;       -- listed, and anybody may join
ALTER TABLE rooms ADD COLUMN history_joined INTEGER NOT NULL DEFAULT 0;  -- who joins reads from there on only
ALTER TABLE rooms ADD COLUMN members INTEGER NOT NULL DEFAULT 0;         -- how many are present
UPDATE rooms SET members = (SELECT count(*) FROM members AS m WHERE m.room_id = rooms.room_id AND m.leave_seq = 0);
CREATE INDEX rooms_public ON rooms (title COLLATE NOCASE, room_id) WHERE is_public = 1;

ALTER TABLE events ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;  -- a message's thread: the seq of its root
CREATE INDEX events_by_thread ON events (room_id, thread, seq) WHERE thread <> 0;

-- A row of somebody who is not present (leave_seq <> 0) keeps what outlives or precedes a membership.
ALTER TABLE members ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN banned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN invited_by INTEGER NOT NULL DEFAULT 0;    -- 0: not invited
ALTER TABLE members ADD COLUMN visible_from INTEGER NOT NULL DEFAULT 1;  -- the oldest seq that the member may read

-- What a user keeps beside the rooms. The upper 32 bits of a version change when items were lost.
ALTER TABLE users ADD COLUMN items_version INTEGER NOT NULL DEFAULT 0;
CREATE TABLE user_items (
  user_id INTEGER NOT NULL,
  kind    INTEGER NOT NULL,
  key     TEXT    NOT NULL,
  version INTEGER NOT NULL,  -- of the last change
  value   BLOB    NOT NULL,  -- empty: removed
  PRIMARY KEY (user_id, kind, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_items_by_version ON user_items (user_id, version);

-- Whoever has the code may join.
CREATE TABLE room_links (
  link_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id   INTEGER NOT NULL,
  code_hash BLOB    NOT NULL UNIQUE,
  by_user   INTEGER NOT NULL,
  created   INTEGER NOT NULL,
  expires   INTEGER NOT NULL,
  uses_left INTEGER NOT NULL
) STRICT;
CREATE INDEX room_links_by_room ON room_links (room_id);

CREATE TABLE pins (
  room_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL,  -- the message
  pin_seq INTEGER NOT NULL,  -- the event that pinned it
  PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;
