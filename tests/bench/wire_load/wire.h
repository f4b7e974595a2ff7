// The sockets: one epoll, one read buffer for all. Owner: the load's one thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "common/base/time.h"
#include "tests/bench/wire_load/peer.h"

namespace starling::bench {

class Protocol;

class Wire {
 public:
  /// Each peer goes to one of the ports, in turn.
  explicit Wire(std::vector<std::uint16_t> ports);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Begins to connect, from an address of its own for each few hundred peers.
  void open(Peer& peer);
  void close(Peer& peer);
  void pause(Peer& peer);
  void unpause(Peer& peer);
  void write(Peer& peer, std::span<const std::byte> bytes);

  /// Another descriptor to watch: wait() says when it can be read.
  void watch_input(int fd);

  /// Waits until something happens, at most until `until`; returns how many events there are to handle. They may be
  /// handled in pieces, so that what is due meanwhile is not late.
  std::size_t wait(Instant until);
  /// Handles event `i` of the last wait. True when it is the watched input.
  bool handle(std::size_t i, std::vector<Peer>& peers, Protocol& protocol);

 private:
  bool read(Peer& peer, Protocol& protocol, bool ends);
  void flush(Peer& peer);
  void watch(const Peer& peer, int operation);
  void end(Peer& peer, Protocol& protocol);

  static constexpr std::size_t kReadBytes = 256 * 1024;

  std::vector<std::uint16_t> ports_;
  int epoll_;
  std::array<epoll_event, 512> events_{};
  std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace starling::bench
