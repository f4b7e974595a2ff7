#include "server/accounts/revocation_watch.h"

#include <pthread.h>

namespace starling::accounts {

RevocationWatch::~RevocationWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// All of them at each look, a few rows of an index: no clock or cursor decides what may be left out.
Result<void, Refusal> RevocationWatch::look() {
  const WallTime now = context_.now().wall;
  const auto found = context_.store.read_as<ports::DevicesRevoked>(ports::ListRevoked{now - auth::kRevokedKept});
  if (!found) return tl::unexpected(found.error());
  context_.revoke(found->devices);
  context_.revoked.prune(now);
  return {};
}

void RevocationWatch::start() {
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "revocations");
    run();
  });
}

void RevocationWatch::run() {
  auto prune_at = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    // A store that does not answer now is asked again in a second.
    static_cast<void>(look());
    if (std::chrono::steady_clock::now() >= prune_at && prune()) prune_at += limits::kPruneEvery;
    lock.lock();
    changed_.wait_for(lock, limits::kLookForRevoked, [this] { return stopping_; });
  }
}

bool RevocationWatch::prune() {
  const WallTime now = context_.now().wall;
  const auto pruned =
      context_.store.change_as<ports::ChangeDone>(ports::PruneAccounts{.devices_before = now - limits::kDeviceKept,
                                                                       .invites_before = now - limits::kInviteKept,
                                                                       .audit_before = now - limits::kAuditKept});
  return pruned && pruned->done;
}

}  // namespace starling::accounts
