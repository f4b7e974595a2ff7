// Readiness of all of a shard's connections through one epoll descriptor, which the shard's io_context watches as a
// single descriptor. An Asio socket costs about 330 bytes of user memory and, at each re-armed wait, a system call a
// message; an entry here costs none of either (docs/decisions/0007-the-runtime-waits-for-readiness.md).
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "common/base/ids.h"

namespace starling::runtime {

class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Readable when wait() has something to show.
  int descriptor() const { return epoll_; }

  /// Level-triggered. The handle comes back with each event; a descriptor leaves when it is closed. False when the
  /// kernel has no memory for it, or this user watches too many.
  bool add(int fd, ConnId conn);
  void watch(int fd, ConnId conn, bool readable, bool writable);

  /// What is ready now, at most a turn's share. Good until the next call.
  std::span<const epoll_event> wait();

  static ConnId conn_of(const epoll_event& event) {
    return {static_cast<std::uint32_t>(event.data.u64), static_cast<std::uint32_t>(event.data.u64 >> 32)};
  }

 private:
  int epoll_;
  /// A turn's share: verifying so many logins takes some 10 ms.
  std::array<epoll_event, 128> events_;
};

}  // namespace starling::runtime
