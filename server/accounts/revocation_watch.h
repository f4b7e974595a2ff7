// Looks into the store for devices that were revoked beside this server, by the operator's tool, and sweeps out what is old.
// Its thread runs from start() on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/accounts/context.h"

namespace starling::accounts {

class RevocationWatch {
 public:
  explicit RevocationWatch(Context& context) : context_(context) {}
  RevocationWatch(const RevocationWatch&) = delete;
  RevocationWatch& operator=(const RevocationWatch&) = delete;
  ~RevocationWatch();

  /// Everybody whose credentials may still be in their time. Before anybody is let in.
  Result<void, Refusal> look();
  void start();

 private:
  void run();
  /// A slice of what is old; true when nothing is left.
  bool prune();

  Context& context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace starling::accounts
