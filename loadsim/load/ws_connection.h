// The client's end of one WebSocket connection on a non-blocking socket. It has no read buffer: bytes come in a buffer
// that all connections of a worker share. Owner: one worker.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/rng.h"
#include "common/ws/frame.h"
#include "common/ws/parser.h"
#include "loadsim/load/endpoint.h"

namespace starling::load {

class WsConnection {
 public:
  enum class State : std::uint8_t { Closed, Connecting, Upgrading, Open };
  struct Arrival {
    enum class Kind : std::uint8_t {
      NeedMore,
      Opened,  // the upgrade is answered: frames may be sent
      Message,
      Closed,  // by a close frame, with its code; the socket is closed
      Broken,  // refused, or against RFC 6455; the socket is closed
    };
    Kind kind = Kind::NeedMore;
    std::uint16_t code = 0;
    std::span<const std::byte> payload;
  };

  WsConnection() : parser_(ws::Role::Client) {}
  WsConnection(const WsConnection&) = delete;
  WsConnection& operator=(const WsConnection&) = delete;
  ~WsConnection() { reset(); }

  /// Begins to connect, from `source` when it is not zero. `seed` makes the handshake's key and the frames' masks. False:
  /// it has failed already.
  bool open(const Endpoint& endpoint, in_addr source, std::uint64_t seed);
  /// The socket is writable. False when it is lost.
  bool on_writable(const Endpoint& endpoint);
  /// Takes the next thing off the front of what was read. Call until it is NeedMore, Closed or Broken.
  Arrival next(std::span<std::byte>& input);

  /// False when the connection is lost. `scratch` is the caller's, for all connections.
  bool send(ws::Opcode opcode, std::span<const std::byte> payload, std::vector<std::byte>& scratch);
  /// With a close frame, as far as it can be sent at once.
  void close(std::uint16_t code);
  /// The abrupt end: the peer sees a reset.
  void abort();
  /// Without a word, as a process that dies.
  void reset();

  State state() const { return state_; }
  int fd() const { return fd_; }
  bool wants_to_write() const { return state_ == State::Connecting || unsent_ != nullptr; }
  std::size_t heap_bytes() const;

 private:
  Arrival upgraded(std::span<std::byte>& input);
  bool flush();
  std::string key() const;

  std::unique_ptr<std::string> head_;               // of the upgrade's answer, while it is partial
  std::unique_ptr<std::vector<std::byte>> unsent_;  // what the socket would not take
  Rng rng_{0};
  std::uint64_t key_seed_ = 0;
  ws::Parser parser_;
  int fd_ = -1;
  State state_ = State::Closed;
};
static_assert(sizeof(WsConnection) <= 64, "one for each of a million users");

}  // namespace starling::load
