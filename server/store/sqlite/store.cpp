#include "server/store/sqlite/store.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "server/store/health.h"
#include "server/store/is_read.h"
#include "server/store/sqlite/backup.h"
#include "server/store/sqlite/checkpointer.h"
#include "server/store/sqlite/counters.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/folder.h"
#include "server/store/sqlite/job_queue.h"
#include "server/store/sqlite/limits.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/reader_pool.h"
#include "server/store/sqlite/sqlite.h"
#include "server/store/sqlite/writer.h"

namespace starling::store {
namespace {

Connection::Options options_of(const StoreConfig& config, Connection::Mode mode, int cache_kib) {
  return {.path = config.path,
          .vfs = config.vfs,
          .mode = mode,
          .busy_timeout_ms = static_cast<int>(config.busy_timeout_ms),
          .cache_kib = cache_kib};
}

/// The path, once the file there is nobody else's, and no restore's.
const std::string& private_file(const StoreConfig& config) {
  auto made = make_private(config.path);
  for (const char* left : {"-wal", "-shm"}) {
    if (made) made = keep_private(config.path + left);
  }
  // Whatever else is wrong with the name, SQLite says it better.
  std::error_code ignored;
  if (!made && std::filesystem::is_regular_file(config.path, ignored)) {
    throw SqliteError(kExplained, fmt::format("cannot keep the database {} from others: {}; fix: chmod 0600 {}",
                                              config.path, made.error(), config.path));
  }
  if (std::filesystem::exists(draft_of(config.path), ignored)) {
    throw SqliteError(kExplained,
                      fmt::format("a restore into {} was interrupted; run starlingctl restore again, or remove {} to "
                                  "go on with what was there",
                                  config.path, draft_of(config.path)));
  }
  return config.path;
}

/// Rows that a crash left in the WAL may only be in the kernel's cache: a repeat would be answered Duplicate from what
/// a power loss still takes. The checkpoint syncs them. Who reads an old snapshot (a backup that outlived the server)
/// keeps it from its end: then a commit does, whose fsync covers all of the WAL before it.
void sync_what_is_there(Connection& connection) {
  const int code = sqlite3_wal_checkpoint_v2(connection.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return;
  if (fault_of(code) != Fault::Busy) connection.raise(code);
  connection.exec("UPDATE trials SET count = count + 1");
}

}  // namespace

struct Store::Threads {
  Threads(const StoreConfig& config, Complete on_complete)
      : complete(std::move(on_complete)),
        committed(config.committed),
        space(private_file(config), {config.free_percent_min, limits::kFreeBytesMin}, config.space),
        connection(options_of(config, Connection::Mode::Create, limits::kWriterCacheKib)) {
    make_durable(connection);
    migrate(connection, config.path);
    // What a WAL keeps when it starts anew: a long backup may have made it longer.
    connection.exec(
        fmt::format("PRAGMA journal_size_limit = {}", 2 * 4096 * std::int64_t{config.restart_frames}).c_str());
    sync_what_is_there(connection);
    auto aside = options_of(config, Connection::Mode::ReadWrite, limits::kReaderCacheKib);
    aside.busy_timeout_ms = limits::kRestartPatienceMs;
    checkpointer = std::make_unique<Checkpointer>(
        aside, Checkpointer::Thresholds{config.checkpoint_frames, config.restart_frames}, health, counters);
    writer = std::make_unique<Writer>(connection, config.path,
                                      Writer::Shared{writes, health, counters, *checkpointer, complete, committed});
    readers = std::make_unique<ReaderPool>(options_of(config, Connection::Mode::ReadOnly, limits::kReaderCacheKib),
                                           config.readers, ReaderPool::Shared{reads, health, counters, complete});
    writer_thread = std::thread([this] { writer->run(); });
  }

  ~Threads() {
    writes.close();
    reads.close();
    writer_thread.join();
  }

  Complete complete;
  std::function<void(std::span<const RoomId>)> committed;
  FreeSpace space;
  Health health;
  Counters counters;
  JobQueue writes;
  JobQueue reads;
  Connection connection;  // the writer's
  std::unique_ptr<Checkpointer> checkpointer;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<ReaderPool> readers;
  std::thread writer_thread;
};

Result<std::unique_ptr<Store>, StartError> Store::open(const StoreConfig& config, Complete complete) {
  try {
    return std::unique_ptr<Store>(new Store(std::make_unique<Threads>(config, std::move(complete))));
  } catch (const SqliteError& error) {
    return tl::unexpected(StartError(explain(error, config.path), is_lock(error.code())));
  }
}

Store::Store(std::unique_ptr<Threads> threads) : threads_(std::move(threads)) {}
Store::~Store() = default;

void Store::submit(ShardId shard, ports::StoreOp&& op) {
  JobQueue& queue = is_read(op.request) ? threads_->reads : threads_->writes;
  queue.push({.shard = shard, .op = std::move(op)});
}

bool Store::healthy() const {
  return threads_->health.state() == Health::State::Good && !threads_->space.shortage().has_value();
}
bool Store::failed() const { return threads_->health.failed(); }
std::string Store::why() const {
  if (threads_->health.state() != Health::State::Good) return threads_->health.why();
  return threads_->space.shortage().value_or(std::string());
}

std::string Store::metrics() const {
  std::string text = threads_->counters.text();
  text +=
      "# HELP starling_store_queue_ops Operations waiting for a thread of the store\n"
      "# TYPE starling_store_queue_ops gauge\n";
  text += "starling_store_queue_ops{queue=\"writes\"} " + std::to_string(threads_->writes.waiting()) + "\n";
  text += "starling_store_queue_ops{queue=\"reads\"} " + std::to_string(threads_->reads.waiting()) + "\n";
  if (const auto space = threads_->space.now()) {
    text += "# HELP starling_store_free_bytes Free on the database's volume\n# TYPE starling_store_free_bytes gauge\n";
    text += "starling_store_free_bytes " + std::to_string(space->free) + "\n";
  }
  text +=
      "# HELP starling_store_healthy Takes commits now, and has space for more\n# TYPE starling_store_healthy gauge\n";
  text += "starling_store_healthy " + std::string(healthy() ? "1" : "0") + "\n";
  return text;
}

StoreStats Store::stats() const {
  const Counters& counters = threads_->counters;
  return {.transactions = counters.transactions.load(std::memory_order_relaxed),
          .rows_accepted = counters.rows_accepted.load(std::memory_order_relaxed),
          .rows_refused = counters.rows_refused.load(std::memory_order_relaxed),
          .reads = counters.reads.load(std::memory_order_relaxed),
          .writer_cpu_ns = counters.writer_cpu_ns.load(std::memory_order_relaxed)};
}

}  // namespace starling::store
