#include "server/accounts/store_calls.h"

#include <utility>

namespace starling::accounts {
namespace {

constexpr std::uint32_t kRetryMs = 1000;

}  // namespace

Result<ports::StoreResult, Refusal> StoreCalls::ask(ports::StoreRequest request) {
  Waiting waiting;
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
    waiting_.emplace(id, &waiting);
  }
  submit_(kAccountsShard, {.id = id, .request = std::move(request)});
  std::unique_lock lock(mutex_);
  completed_.wait(lock, [&waiting] { return waiting.done; });
  lock.unlock();
  if (waiting.completion.status != ports::StoreStatus::Ok) {
    return refuse(Why::Busy, "the server's database takes nothing now; try again", kRetryMs);
  }
  return std::move(waiting.completion.result);
}

Result<ports::AccountResult, Refusal> StoreCalls::read(ports::AccountRead request) {
  auto result = ask(ports::ReadAccounts{std::move(request)});
  if (!result) return tl::unexpected(std::move(result.error()));
  return std::move(*std::get<ports::AccountsAnswered>(*result).result);
}

Result<ports::AccountResult, Refusal> StoreCalls::change(ports::AccountChange request,
                                                         std::optional<ports::AuditEntry> audit) {
  auto result = ask(ports::ChangeAccounts{std::move(request), std::move(audit)});
  if (!result) return tl::unexpected(std::move(result.error()));
  return std::move(*std::get<ports::AccountsAnswered>(*result).result);
}

void StoreCalls::complete(ports::StoreCompletion&& completion) {
  {
    const std::lock_guard lock(mutex_);
    const auto waiting = waiting_.extract(completion.id);
    if (waiting.empty()) return;
    waiting.mapped()->completion = std::move(completion);
    waiting.mapped()->done = true;
  }
  completed_.notify_all();
}

}  // namespace starling::accounts
