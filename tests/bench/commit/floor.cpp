#include "tests/bench/commit/floor.h"

#include <sqlite3.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <set>

namespace starling::bench {
namespace {

class Floor {
 public:
  explicit Floor(const std::string& path) {
    check(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr));
    for (const char* pragma :
         {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 0",
          "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -16384"}) {
      check(sqlite3_exec(db_, pragma, nullptr, nullptr, nullptr));
    }
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
    insert_ = prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    counter_ =
        prepare("INSERT INTO device_pos VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last_cseq = excluded.last_cseq");
    head_ = prepare("UPDATE rooms SET head = ?, msg_no = ?, last_ts = ? WHERE room_id = ?");
  }
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  ~Floor() {
    for (sqlite3_stmt* each : {begin_, commit_, insert_, counter_, head_}) sqlite3_finalize(each);
    sqlite3_close(db_);
  }

  void begin() { run(begin_); }
  void commit() { run(commit_); }
  void write(const ports::Committed& committed) {
    const ports::CommitBatch& batch = committed.batch;
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
      const ports::CommitRow& row = batch.rows[i];
      const ports::CommitRowResult& result = committed.results[i];
      bind(insert_, batch.room.value, result.seq.value, committed.epoch.value, static_cast<int>(row.kind),
           row.user.value, row.device.value, row.cseq.value, row.client_msg_id.value, to_ms(result.ts), result.msg_no,
           row.target.value, row.subject.value, static_cast<int>(row.role), 0);
      sqlite3_bind_int64(insert_, 16, static_cast<sqlite3_int64>(row.thread.value));
      sqlite3_bind_blob(insert_, 15, row.body.data(), static_cast<int>(row.body.size()), SQLITE_STATIC);
      run(insert_);
    }
    // Every device has one row in a batch.
    for (const ports::CommitRow& row : batch.rows) {
      bind(counter_, batch.room.value, row.device.value, row.cseq.value);
      run(counter_);
    }
    const ports::CommitRowResult& last = committed.results.back();
    bind(head_, last.seq.value, last.msg_no, to_ms(last.ts), batch.room.value);
    run(head_);
  }
  /// What the store leaves to its checkpointer.
  void checkpoint() { sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr); }

 private:
  static void check(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    std::fprintf(stderr, "commit: the floor failed: %s\n", sqlite3_errstr(code));
    std::exit(1);
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statement;
  }
  template <class... Numbers>
  static void bind(sqlite3_stmt* statement, Numbers... numbers) {
    int index = 0;
    (sqlite3_bind_int64(statement, ++index, static_cast<sqlite3_int64>(numbers)), ...);
  }
  static void run(sqlite3_stmt* statement) {
    check(sqlite3_step(statement));
    sqlite3_reset(statement);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* counter_ = nullptr;
  sqlite3_stmt* head_ = nullptr;
};

std::uint64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

/// As often as the store's checkpointer is woken, about.
constexpr std::uint64_t kRowsPerCheckpoint = 2000;

}  // namespace

Cost run_floor(const std::string& path, const Recorded& recorded) {
  Floor floor(path);
  Cost cost;
  std::uint64_t checkpoint_at = kRowsPerCheckpoint;
  for (std::size_t i = 0; i < recorded.size();) {
    const std::uint64_t transaction = recorded[i].transaction;
    const std::uint64_t before = thread_cpu_ns();
    floor.begin();
    for (; i < recorded.size() && recorded[i].transaction == transaction; ++i) {
      floor.write(recorded[i].committed);
      cost.rows += recorded[i].committed.results.size();
    }
    floor.commit();
    cost.cpu_ns += thread_cpu_ns() - before;
    ++cost.transactions;
    if (cost.rows < checkpoint_at) continue;
    floor.checkpoint();
    checkpoint_at = cost.rows + kRowsPerCheckpoint;
  }
  return cost;
}

}  // namespace starling::bench
