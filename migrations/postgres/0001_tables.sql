-- The log of rooms and what is derived from it in the same transaction. Ids are unsigned 64-bit numbers, kept as the signed
-- bigint of the same bits; times are ms since 1970. What grows with the events is hash-partitioned by room, so that one
-- schema fits one server and several. Everything is in the schema `starling`, to which connections pin their search_path.

CREATE TABLE rooms (
  room_id        bigint   PRIMARY KEY,
  kind           smallint NOT NULL,
  title          text     COLLATE "C" NOT NULL,
  topic          text     NOT NULL DEFAULT '',
  is_public      boolean  NOT NULL DEFAULT false,  -- listed, and anybody may join
  history_joined boolean  NOT NULL DEFAULT false,  -- who joins reads from there on only
  members        bigint   NOT NULL DEFAULT 0,      -- how many are present
  epoch          bigint   NOT NULL,
  fence          bigint   NOT NULL DEFAULT 0,      -- the view in which its home became it
  head           bigint   NOT NULL,                -- seq of the newest event: the log is dense from min_seq to here
  msg_no         bigint   NOT NULL,                -- of the newest event
  min_seq        bigint   NOT NULL DEFAULT 1,      -- retention has cut below
  last_ts        bigint   NOT NULL                 -- of the newest event
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);  -- every commit updates a row in its page
CREATE INDEX rooms_public ON rooms (lower(title), room_id) WHERE is_public;

CREATE TABLE events (
  room_id       bigint   NOT NULL,
  seq           bigint   NOT NULL,
  epoch         bigint   NOT NULL,
  sender        bigint   NOT NULL,
  device        bigint   NOT NULL,                -- 0: the server's own
  cseq          bigint   NOT NULL,
  client_msg_id bigint   NOT NULL,
  ts            bigint   NOT NULL,
  msg_no        bigint   NOT NULL,
  target        bigint   NOT NULL,
  thread        bigint   NOT NULL,                -- a message's thread: the seq of its root
  subject       bigint   NOT NULL,
  body_hash     bigint   NOT NULL,
  kind          smallint NOT NULL,
  role          smallint NOT NULL,
  erased        boolean  NOT NULL DEFAULT false,  -- a deletion took the body, and left its hash
  body          bytea    NOT NULL,
  PRIMARY KEY (room_id, seq)
) PARTITION BY HASH (room_id);
-- The idempotency key.
CREATE UNIQUE INDEX events_by_sender ON events (room_id, device, cseq) WHERE device <> 0;
-- What refers to a message. Messages stay out of it, replies included, so that a send pays nothing.
CREATE INDEX events_by_target ON events (room_id, target) WHERE kind <> 1 AND target <> 0;

-- The last cseq that a room's log consumed for a device, rejected ones included. Never pruned before the device is:
-- an outbox that comes back after months must not be taken for new messages.
CREATE TABLE device_pos (
  room_id   bigint NOT NULL,
  device    bigint NOT NULL,
  last_cseq bigint NOT NULL,
  PRIMARY KEY (room_id, device)
) PARTITION BY HASH (room_id);

-- Folds of the log up to seq, so that no reader folds a log from its beginning.
CREATE TABLE checkpoints (
  room_id bigint NOT NULL,
  seq     bigint NOT NULL,
  hash    bigint NOT NULL,
  PRIMARY KEY (room_id, seq)
) PARTITION BY HASH (room_id);

DO $$
BEGIN
  FOR i IN 0..15 LOOP
    EXECUTE format('CREATE TABLE events_%s PARTITION OF events FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
    EXECUTE format('CREATE TABLE checkpoints_%s PARTITION OF checkpoints FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
    EXECUTE format('CREATE TABLE device_pos_%s PARTITION OF device_pos FOR VALUES WITH (MODULUS 16, REMAINDER %s) '
                   'WITH (fillfactor = 70)', i, i);
  END LOOP;
END $$;

-- A row of somebody who is not present (leave_seq <> 0) keeps what outlives or precedes a membership.
CREATE TABLE members (
  room_id      bigint   NOT NULL,
  user_id      bigint   NOT NULL,
  join_seq     bigint   NOT NULL,
  leave_seq    bigint   NOT NULL DEFAULT 0,      -- 0: present
  visible_from bigint   NOT NULL DEFAULT 1,      -- the oldest seq that the member may read
  invited_by   bigint   NOT NULL DEFAULT 0,      -- 0: not invited
  role         smallint NOT NULL,
  muted        boolean  NOT NULL DEFAULT false,
  banned       boolean  NOT NULL DEFAULT false,
  PRIMARY KEY (room_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id) WHERE leave_seq = 0;

-- Users who have ever been spoken of; the others are at these versions. The upper 32 bits of items_version change when items
-- were lost.
CREATE TABLE users (
  user_id       bigint PRIMARY KEY,
  rooms_version bigint NOT NULL DEFAULT 1,
  items_version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

-- What a user keeps beside the rooms.
CREATE TABLE user_items (
  user_id bigint   NOT NULL,
  version bigint   NOT NULL,  -- of the last change
  kind    smallint NOT NULL,
  key     text     COLLATE "C" NOT NULL,
  value   bytea    NOT NULL,  -- empty: removed
  PRIMARY KEY (user_id, kind, key)
);
CREATE UNIQUE INDEX user_items_by_version ON user_items (user_id, version);

CREATE TABLE read_marks (
  user_id bigint NOT NULL,
  room_id bigint NOT NULL,
  seq     bigint NOT NULL,
  msg_no  bigint NOT NULL,
  PRIMARY KEY (user_id, room_id)
) WITH (fillfactor = 70);

CREATE TABLE created_rooms (
  device     bigint NOT NULL,
  request_id bigint NOT NULL,
  room_id    bigint NOT NULL,
  PRIMARY KEY (device, request_id)
);
CREATE TABLE direct_rooms (
  low_user  bigint NOT NULL,
  high_user bigint NOT NULL,
  room_id   bigint NOT NULL,
  PRIMARY KEY (low_user, high_user)
);

-- Whoever has the code may join.
CREATE TABLE room_links (
  link_id   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  room_id   bigint NOT NULL,
  code_hash bytea  NOT NULL UNIQUE,
  by_user   bigint NOT NULL,
  created   bigint NOT NULL,
  expires   bigint NOT NULL,
  uses_left bigint NOT NULL
);
CREATE INDEX room_links_by_room ON room_links (room_id);

CREATE TABLE pins (
  room_id bigint NOT NULL,
  seq     bigint NOT NULL,  -- the message
  pin_seq bigint NOT NULL,  -- the event that pinned it
  PRIMARY KEY (room_id, seq)
);

-- Accounts, their devices and what guards them. Secrets are hashed or sealed before they come here. A time of 0: never.
CREATE TABLE accounts (
  user_id       bigint  PRIMARY KEY,
  handle        text    COLLATE "C" NOT NULL UNIQUE,  -- folded to lower case
  display_name  text    COLLATE "C" NOT NULL,
  avatar_color  text    NOT NULL,
  status_text   text    NOT NULL,
  password_hash text    NOT NULL,                     -- with algorithm and parameters
  admin         boolean NOT NULL,
  disabled      boolean NOT NULL,
  created       bigint  NOT NULL,
  totp_sealed   bytea   NOT NULL DEFAULT '',          -- the seed under the credential key; empty: none
  totp_on       boolean NOT NULL DEFAULT false,       -- false: the seed waits to be confirmed
  totp_step     bigint  NOT NULL DEFAULT 0            -- of the last code that was used
);
-- The handle and the words of the name, folded, for search by prefix.
CREATE TABLE account_words (
  word    text   COLLATE "C" NOT NULL,
  user_id bigint NOT NULL,
  PRIMARY KEY (word, user_id)
);
CREATE INDEX account_words_by_user ON account_words (user_id);

CREATE TABLE recovery_codes (
  user_id bigint NOT NULL,
  hash    bytea  NOT NULL,
  PRIMARY KEY (user_id, hash)
);

CREATE TABLE devices (
  device_id     bigint PRIMARY KEY,
  user_id       bigint NOT NULL,
  name          text   NOT NULL,
  address       text   NOT NULL,             -- of the last login or refresh
  created       bigint NOT NULL,
  last_seen     bigint NOT NULL,
  family        bytea  NOT NULL UNIQUE,      -- of its refresh tokens
  refresh_hash  bytea  NOT NULL,             -- of the current one
  previous_hash bytea  NOT NULL DEFAULT '',  -- of the one before it; empty: there was none
  next_sealed   bytea  NOT NULL DEFAULT '',  -- the current one, sealed with the one before it
  rotated       bigint NOT NULL,
  revoked       bigint NOT NULL DEFAULT 0    -- when
);
CREATE INDEX devices_by_user ON devices (user_id) WHERE revoked = 0;
CREATE INDEX devices_by_revocation ON devices (revoked) WHERE revoked <> 0;

CREATE TABLE blocks (
  user_id bigint NOT NULL,
  blocked bigint NOT NULL,
  PRIMARY KEY (user_id, blocked)
);

CREATE TABLE server_invites (
  invite_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  code_hash bytea  NOT NULL UNIQUE,
  by_user   bigint NOT NULL,  -- 0: the operator
  created   bigint NOT NULL,
  expires   bigint NOT NULL,
  uses_left bigint NOT NULL
);

-- What happened to accounts, without any content.
CREATE TABLE audit (
  audit_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  at        bigint NOT NULL,
  kind      text   NOT NULL,
  user_id   bigint NOT NULL,
  device_id bigint NOT NULL,
  by_user   bigint NOT NULL,
  address   text   NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);

-- The numbered view: its last number, when anybody came last, the nodes' seats with what is left of their leases, and the
-- newest views with their nodes (docs/decisions/0014).
CREATE TABLE cluster (
  id        integer     PRIMARY KEY CHECK (id = 1),
  last_view bigint      NOT NULL,
  kept_at   timestamptz NOT NULL
);
INSERT INTO cluster VALUES (1, 0, now());
CREATE TABLE seats (
  first_shard bigint  PRIMARY KEY,
  shards      bigint  NOT NULL,
  boot        bigint  NOT NULL,
  leaving     boolean NOT NULL,
  left_us     bigint  NOT NULL
);
CREATE TABLE views (
  view_id     bigint  NOT NULL,
  first_shard bigint  NOT NULL,
  shards      bigint  NOT NULL,
  boot        bigint  NOT NULL,
  leaving     boolean NOT NULL,
  PRIMARY KEY (view_id, first_shard)
);

-- Which history of the log this is. A restore and a forced failover begin another one (raise_epochs): what a node knows from
-- the one before may be what was lost, so it must start anew.
CREATE TABLE history (
  id     integer PRIMARY KEY CHECK (id = 1),
  number bigint  NOT NULL
);
INSERT INTO history VALUES (1, 1);

-- What each store wrote last over its connection to the primary. A standby that shows it follows that primary.
CREATE TABLE beacons (
  store bigint PRIMARY KEY,
  nonce bigint NOT NULL
);
