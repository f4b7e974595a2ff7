-- Accounts, their devices and what guards them. A user may exist without an account, by a token that the operator minted.
-- Secrets are hashed or sealed before they come here. Times are ms since 1970; 0: never.

CREATE TABLE accounts (
  user_id       INTEGER PRIMARY KEY,
  handle        TEXT    NOT NULL UNIQUE,  -- folded to lower case
  display_name  TEXT    NOT NULL,
  avatar_color  TEXT    NOT NULL,
  status_text   TEXT    NOT NULL,
  password_hash TEXT    NOT NULL,         -- with algorithm and parameters
  admin         INTEGER NOT NULL,
  disabled      INTEGER NOT NULL,
  created       INTEGER NOT NULL,
  totp_sealed   BLOB    NOT NULL DEFAULT x'',  -- the seed under the credential key; empty: none
  totp_on       INTEGER NOT NULL DEFAULT 0,    -- 0: the seed waits to be confirmed
  totp_step     INTEGER NOT NULL DEFAULT 0     -- of the last code that was used
) STRICT;

-- The handle and the words of the name, folded, for search by prefix.
CREATE TABLE account_words (
  word    TEXT    NOT NULL,
  user_id INTEGER NOT NULL,
  PRIMARY KEY (word, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_words_by_user ON account_words (user_id);

CREATE TABLE recovery_codes (
  user_id INTEGER NOT NULL,
  hash    BLOB    NOT NULL,
  PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  device_id     INTEGER PRIMARY KEY,
  user_id       INTEGER NOT NULL,
  name          TEXT    NOT NULL,
  address       TEXT    NOT NULL,  -- of the last login or refresh
  created       INTEGER NOT NULL,
  last_seen     INTEGER NOT NULL,
  family        BLOB    NOT NULL UNIQUE,       -- of its refresh tokens
  refresh_hash  BLOB    NOT NULL,              -- of the current one
  previous_hash BLOB    NOT NULL DEFAULT x'',  -- of the one before it; empty: there was none
  next_sealed   BLOB    NOT NULL DEFAULT x'',  -- the current one, sealed with the one before it
  rotated       INTEGER NOT NULL,
  revoked       INTEGER NOT NULL DEFAULT 0     -- when
) STRICT;
CREATE INDEX devices_by_user ON devices (user_id) WHERE revoked = 0;
CREATE INDEX devices_by_revocation ON devices (revoked) WHERE revoked <> 0;

CREATE TABLE blocks (
  user_id INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  PRIMARY KEY (user_id, blocked)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_invites (
  invite_id INTEGER PRIMARY KEY AUTOINCREMENT,
  code_hash BLOB    NOT NULL UNIQUE,
  by_user   INTEGER NOT NULL,  -- 0: the operator
  created   INTEGER NOT NULL,
  expires   INTEGER NOT NULL,
  uses_left INTEGER NOT NULL
) STRICT;

-- What happened to accounts, without any content.
CREATE TABLE audit (
  audit_id  INTEGER PRIMARY KEY AUTOINCREMENT,
  at        INTEGER NOT NULL,
  kind      TEXT    NOT NULL,
  user_id   INTEGER NOT NULL,
  device_id INTEGER NOT NULL,
  by_user   INTEGER NOT NULL,
  address   TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
