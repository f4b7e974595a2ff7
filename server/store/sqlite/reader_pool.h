// Threads that read, each with a connection of its own; the writer never waits for them.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "server/store/health.h"
#include "server/store/sqlite/account_reader.h"
#include "server/store/sqlite/counters.h"
#include "server/store/sqlite/job_queue.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/room_reader.h"
#include "server/store/sqlite/sqlite.h"
#include "server/store/sqlite/user_reader.h"

namespace starling::store {

class ReaderPool {
 public:
  using Complete = std::function<void(ShardId, ports::StoreCompletion&&)>;
  struct Shared {
    JobQueue& queue;
    Health& health;
    Counters& counters;
    const Complete& complete;
  };
  ReaderPool(const Connection::Options& options, std::uint32_t threads, Shared shared);
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  /// The queue is closed before.
  ~ReaderPool();

 private:
  struct Reader {
    explicit Reader(const Connection::Options& options)
        : connection(options), log(connection), users(connection), rooms(connection), accounts(connection) {}
    Connection connection;
    LogReader log;
    UserReader users;
    RoomReader rooms;
    AccountReader accounts;
  };

  void run(Reader& reader);
  ports::StoreStatus read(Reader& reader, const ports::StoreRequest& request, ports::StoreResult& result);

  std::string path_;
  Shared shared_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::thread> threads_;
};

}  // namespace starling::store
