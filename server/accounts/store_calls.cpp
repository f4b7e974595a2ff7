#include "server/accounts/store_calls.h"

#include <chrono>
#include <thread>
#include <utility>

#include "server/accounts/limits.h"

namespace starling::accounts {
namespace {

constexpr std::uint32_t kRetryMs = 1000;

}  // namespace

Result<ports::StoreResult, Refusal> StoreCalls::ask(const ports::StoreRequest& request) {
  using ports::StoreStatus;
  const auto end = std::chrono::steady_clock::now() + limits::kRepeatFor;
  ports::StoreCompletion done = ask_once(request);
  // Who is told that nothing was done does it another time, with another name and an invitation that is spent.
  const bool unknown = done.status == StoreStatus::Unknown;
  const auto in_doubt = [&done] {
    return done.status == StoreStatus::Unknown || done.status == StoreStatus::Unavailable;
  };
  while (unknown && in_doubt() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(limits::kRepeatEvery);
    done = ask_once(request);
  }
  if (done.status == StoreStatus::Ok) return std::move(done.result);
  return refuse(Why::Busy,
                unknown ? "the server's database was lost meanwhile: look whether this was done before you try again"
                        : "the server's database takes nothing now; try again",
                kRetryMs);
}

ports::StoreCompletion StoreCalls::ask_once(const ports::StoreRequest& request) {
  Waiting waiting;
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
    waiting_.emplace(id, &waiting);
  }
  submit_(kAccountsShard, {.id = id, .request = request});
  std::unique_lock lock(mutex_);
  completed_.wait(lock, [&waiting] { return waiting.done; });
  return std::move(waiting.completion);
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
