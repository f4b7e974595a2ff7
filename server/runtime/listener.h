// The listening sockets: one a shard on the same port (SO_REUSEPORT), so that the kernel spreads connections and no
// thread hands descriptors to another.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/runtime/config.h"

namespace starling::runtime {

/// Owns its descriptor.
class ListenSocket {
 public:
  explicit ListenSocket(int fd = -1) : fd_(fd) {}
  ListenSocket(ListenSocket&& other) noexcept : fd_(other.release()) {}
  ListenSocket& operator=(ListenSocket other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~ListenSocket();

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Listeners {
  std::vector<ListenSocket> sockets;
  std::uint16_t port = 0;
};

/// The error says what to change.
Result<Listeners, StartError> listen(const Config& config, std::uint32_t count);

}  // namespace starling::runtime
