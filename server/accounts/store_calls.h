// The store, asked by threads that may wait for its answer. Any thread but the store's own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/accounts/errors.h"
#include "server/ports/store.h"

namespace starling::accounts {

/// No shard's: completions for it are the account service's.
inline constexpr ShardId kAccountsShard{0xFFFF};

/// Outlives the store whose completions it takes.
class StoreCalls {
 public:
  using Submit = std::function<void(ShardId, ports::StoreOp&&)>;

  /// Before the first call.
  void attach(Submit submit) { submit_ = std::move(submit); }

  /// Waits for the answer; asks again, as the store wants it, while it is not known whether a change was done. The refusal
  /// is Busy: the store takes nothing now.
  Result<ports::StoreResult, Refusal> ask(const ports::StoreRequest& request);

  Result<ports::AccountResult, Refusal> read(ports::AccountRead request);
  Result<ports::AccountResult, Refusal> change(ports::AccountChange request,
                                               std::optional<ports::AuditEntry> audit = {});
  /// The alternative that belongs to the request.
  template <class Answer>
  Result<Answer, Refusal> read_as(ports::AccountRead request) {
    return as<Answer>(read(std::move(request)));
  }
  template <class Answer>
  Result<Answer, Refusal> change_as(ports::AccountChange request, std::optional<ports::AuditEntry> audit = {}) {
    return as<Answer>(change(std::move(request), std::move(audit)));
  }

  /// From the store's threads.
  void complete(ports::StoreCompletion&& completion);

 private:
  ports::StoreCompletion ask_once(const ports::StoreRequest& request);

  struct Waiting {
    bool done = false;
    ports::StoreCompletion completion;
  };
  template <class Answer>
  static Result<Answer, Refusal> as(Result<ports::AccountResult, Refusal> result) {
    if (!result) return tl::unexpected(std::move(result.error()));
    if (auto* answer = std::get_if<Answer>(&*result)) return std::move(*answer);
    return refuse(Why::Busy, "the store refused this; try again", 1000);
  }

  Submit submit_;
  std::mutex mutex_;
  std::condition_variable completed_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Waiting*> waiting_;
};

}  // namespace starling::accounts
