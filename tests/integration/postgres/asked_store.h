// A store that a test asks, and what it asks a server meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "server/store/postgres/store.h"

namespace starling::integration {

template <class Store>
class Asked {
 public:
  /// As Store::open takes it, before the completions.
  template <class... Config>
  explicit Asked(const postgres::StoreConfig& config, const Config&... more) {
    auto opened = Store::open(config, more..., [this](ShardId, ports::StoreCompletion&& completion) {
      const std::scoped_lock lock(mutex_);
      const auto at = waiting_.find(completion.id);
      at->second.set_value(std::move(completion));
      waiting_.erase(at);
    });
    if (!opened) throw std::runtime_error(opened.error().text);
    store_ = std::move(*opened);
  }

  std::future<ports::StoreCompletion> start(ports::StoreRequest request) {
    std::future<ports::StoreCompletion> answer;
    const std::uint64_t id = ++id_;
    {
      const std::scoped_lock lock(mutex_);
      answer = waiting_[id].get_future();
    }
    store_->submit(ShardId(1), {.id = id, .request = std::move(request)});
    return answer;
  }
  ports::StoreCompletion run(ports::StoreRequest request) { return start(std::move(request)).get(); }
  /// As a home does: the identical operation again, until its outcome is known.
  ports::StoreCompletion insist(const ports::StoreRequest& request) {
    for (;;) {
      ports::StoreCompletion completion = run(request);
      if (completion.status == ports::StoreStatus::Ok) return completion;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  template <class Result>
  Result get(const ports::StoreRequest& request) {
    return std::get<Result>(insist(request).result);
  }
  Store& store() { return *store_; }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::promise<ports::StoreCompletion>> waiting_;
  std::atomic<std::uint64_t> id_ = 0;
  std::unique_ptr<Store> store_;
};
using AskedStore = Asked<postgres::Store>;

/// What a server or a store comes to by itself.
inline bool comes_true(const std::function<bool()>& what, std::chrono::seconds patience = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!what()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace starling::integration
