#include "server/search/index_file.h"

#include <filesystem>
#include <system_error>

#include "server/search/limits.h"
#include "server/search/tokenizer.h"

namespace starling::search {
namespace {

using sqlite::Connection;
using sqlite::SqliteError;

/// Also what fold.h folds and grams.h cuts: another rule needs another number.
constexpr std::int64_t kFormat = 2;
constexpr std::int64_t kApplication = 0x53545253;  // "STRS"

// Ids ascend in the order in which messages were indexed, which is that of their times: the newest come first by themselves.
// `docs.text` is folded; FTS5 needs it to take a document out again, and a candidate is compared with it.
constexpr const char* kSchema = R"sql(
BEGIN;
CREATE TABLE meta (
  generation INTEGER NOT NULL,  -- a cursor of another one means nothing here
  next_id    INTEGER NOT NULL,  -- of docs: an id is never given again
  history    INTEGER NOT NULL   -- of the log, where it has a number
) STRICT;
CREATE TABLE rooms (
  number      INTEGER PRIMARY KEY,
  room_id     INTEGER NOT NULL UNIQUE,
  epoch       INTEGER NOT NULL,
  indexed_seq INTEGER NOT NULL,  -- all events up to here are in the index
  min_seq     INTEGER NOT NULL,  -- what retention has cut is out of it
  docs        INTEGER NOT NULL
) STRICT;
CREATE TABLE docs (
  id     INTEGER PRIMARY KEY,
  room   INTEGER NOT NULL,  -- rooms.number
  seq    INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  ts     INTEGER NOT NULL,
  text   BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX docs_by_seq ON docs (room, seq);
-- Where the messages of an hour are, so that a search by date reads no others.
CREATE TABLE hours (
  hour     INTEGER PRIMARY KEY,  -- since 1970
  first_id INTEGER NOT NULL,
  last_id  INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE grams USING fts5(doc, content='', columnsize=0, detail=none, tokenize='starling');
-- One segment a batch: as shipped, a batch of thousands of messages would make several, and be merged the more.
INSERT INTO grams (grams, rank) VALUES ('hashsize', 8000000);
INSERT INTO meta VALUES (abs(random()) % 32767 + 1, 1, 0);
COMMIT;
)sql";

Connection connect(const std::string& path) {
  Connection connection({.path = path,
                         .mode = Connection::Mode::Create,
                         .busy_timeout_ms = limits::kBusyTimeoutMs,
                         .cache_kib = limits::kIndexCacheKib});
  register_tokenizer(connection);
  // A power loss takes the last changes, never the middle of one; they are read from the log again.
  connection.exec("PRAGMA journal_mode = WAL");
  connection.exec("PRAGMA synchronous = NORMAL");
  connection.exec("PRAGMA secure_delete = FAST");
  return connection;
}

void make(Connection& connection) {
  connection.exec(kSchema);
  connection.exec(("PRAGMA application_id = " + std::to_string(kApplication)).c_str());
  connection.exec(("PRAGMA user_version = " + std::to_string(kFormat)).c_str());
}

bool is_index(Connection& connection) {
  return connection.number("PRAGMA application_id") == kApplication &&
         connection.number("PRAGMA user_version") == kFormat;
}

}  // namespace

bool is_damage(int code) {
  const int primary = code & 0xFF;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR ||
         primary == SQLITE_CONSTRAINT || primary == SQLITE_MISMATCH ||
         (primary == SQLITE_IOERR && code != SQLITE_IOERR_NOMEM);
}

Connection open_index(const std::string& path, bool& renewed) {
  renewed = true;
  try {
    Connection connection = connect(path);
    if (is_index(connection)) {
      renewed = false;
      return connection;
    }
  } catch (const SqliteError& error) {
    if (!is_damage(error.code())) throw;
  }
  discard_index(path);
  Connection connection = connect(path);
  make(connection);
  return connection;
}

void discard_index(const std::string& path) {
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code ignored;  // an absent one is what is wanted; another fault shows when the file is opened
    std::filesystem::remove(path + part, ignored);
  }
}

Connection open_finder(const std::string& index_path) {
  Connection connection({.path = index_path,
                         .mode = Connection::Mode::ReadOnly,
                         .busy_timeout_ms = limits::kBusyTimeoutMs,
                         .cache_kib = limits::kFinderCacheKib});
  register_tokenizer(connection);
  return connection;
}

}  // namespace starling::search
