#include "server/store/sqlite/reader_pool.h"

#include <type_traits>
#include <utility>

#include "server/store/sqlite/errors.h"

namespace starling::store {

ReaderPool::ReaderPool(const Connection::Options& options, std::uint32_t threads, Shared shared)
    : path_(options.path), shared_(shared) {
  // All connections first: one that fails must not leave threads behind.
  for (std::uint32_t i = 0; i < threads; ++i) readers_.push_back(std::make_unique<Reader>(options));
  for (const auto& reader : readers_) threads_.emplace_back([this, &reader = *reader] { run(reader); });
}

ReaderPool::~ReaderPool() {
  for (std::thread& thread : threads_) thread.join();
}

void ReaderPool::run(Reader& reader) {
  Job job;
  while (shared_.queue.take_one(job)) {
    ports::StoreCompletion completion{.id = job.op.id, .status = ports::StoreStatus::Stopped, .result = {}};
    if (!shared_.health.failed()) completion.status = read(reader, job.op.request, completion.result);
    shared_.counters.reads.fetch_add(1, std::memory_order_relaxed);
    shared_.complete(job.shard, std::move(completion));
  }
}

ports::StoreStatus ReaderPool::read(Reader& reader, const ports::StoreRequest& request, ports::StoreResult& result) {
  try {
    result = std::visit(
        [&reader](const auto& each) -> ports::StoreResult {
          using Request = std::decay_t<decltype(each)>;
          if constexpr (std::is_same_v<Request, ports::LoadRoom>) {
            return reader.log.load(each);
          } else if constexpr (std::is_same_v<Request, ports::ReadPage>) {
            return reader.log.page(each);
          } else if constexpr (std::is_same_v<Request, ports::ReadDevice>) {
            return reader.log.device(each);
          } else if constexpr (std::is_same_v<Request, ports::LoadUser>) {
            return reader.users.load(each);
          } else if constexpr (std::is_same_v<Request, ports::LoadItems>) {
            return reader.users.items(each);
          } else if constexpr (std::is_same_v<Request, ports::ReadRooms>) {
            return ports::RoomsAnswered{reader.rooms.read(each.request)};
          } else if constexpr (std::is_same_v<Request, ports::ReadAccounts>) {
            return ports::AccountsAnswered{reader.accounts.read(each.request)};
          } else {
            return ports::Done{};  // writes never come here
          }
        },
        request);
    return ports::StoreStatus::Ok;
  } catch (const SqliteError& error) {
    reader.connection.rollback();
    if (fault_of(error.code()) != Fault::Fatal) return ports::StoreStatus::Unavailable;
    shared_.health.fail(explain(error, path_));
    return ports::StoreStatus::Stopped;
  }
}

}  // namespace starling::store
