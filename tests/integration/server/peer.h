// A blocking WebSocket client that sends what it is told to, well-formed or not. Every wait has an end.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "common/wire/frames.h"
#include "common/ws/frame.h"
#include "common/ws/parser.h"

struct ssl_st;
struct ssl_ctx_st;

namespace starling::test {

/// How a connection ended: with a close frame, or (code 0) without.
struct Closed {
  std::uint16_t code = 0;
  std::string reason;
};

/// Nothing came in time.
struct Silence : std::runtime_error {
  Silence() : std::runtime_error("nothing came") {}
};

/// A socket, through TLS or not.
class Stream {
 public:
  Stream(std::uint16_t port, bool tls);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void write(std::string_view bytes);
  /// What came within `timeout`; empty when the peer closed. Throws when nothing came.
  std::string read(std::chrono::milliseconds timeout = std::chrono::seconds(10));
  bool connected() const { return connected_; }
  std::string tls_version() const;

 private:
  int fd_ = -1;
  bool connected_ = false;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
};

/// Sends `request` and reads to the end.
std::string http(std::uint16_t port, std::string_view request, bool tls = false);
std::string http_get(std::uint16_t port, std::string_view path, bool tls = false);
/// A call of the HTTP API; `token` and `body` may be empty.
std::string http_call(std::uint16_t port, const std::string& method, const std::string& path, const std::string& token,
                      const std::string& body = {});
int status_of(const std::string& answer);
/// What stands behind `before`, up to `end`; empty when it is not there.
std::string text_between(const std::string& text, const std::string& before, char end);

class Peer {
 public:
  /// Connects and upgrades; `origin` may be empty.
  explicit Peer(std::uint16_t port, bool tls = false, std::string_view origin = {});

  Stream& stream() { return stream_; }
  void send(const wire::ClientFrame& frame);
  void send_frame(ws::Opcode opcode, std::string_view payload);

  using Received = std::variant<wire::ServerFrame, Closed>;
  Received receive(std::chrono::milliseconds timeout = std::chrono::seconds(10));
  /// Skips other frames; false when none that fits came in time.
  template <class Frame, class Fits>
  bool hears(std::chrono::milliseconds patience, Fits fits) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (auto now = until - patience; now < until; now = std::chrono::steady_clock::now()) {
      try {
        Received received = receive(std::chrono::ceil<std::chrono::milliseconds>(until - now));
        if (const auto* closed = std::get_if<Closed>(&received)) fail_closed(*closed);
        if (const auto* frame = std::get_if<Frame>(&std::get<wire::ServerFrame>(received)); frame && fits(*frame))
          return true;
      } catch (const Silence&) {
        return false;
      }
    }
    return false;
  }
  /// Skips other frames; throws when the connection ends instead.
  template <class Frame>
  Frame expect() {
    while (true) {
      Received received = receive();
      if (const auto* closed = std::get_if<Closed>(&received)) fail_closed(*closed);
      if (auto* frame = std::get_if<Frame>(&std::get<wire::ServerFrame>(received))) return std::move(*frame);
    }
  }
  /// Skips frames until the connection ends.
  Closed expect_close();
  /// Waits for a pong.
  std::string expect_pong();

  /// Says Hello and waits for Welcome.
  wire::Welcome login(std::string token, std::uint64_t rooms_version = 0);
  /// A group of the peer's user and `members`.
  RoomId create_room(std::uint64_t request_id, std::vector<UserId> members = {});
  /// Live from the empty cursor.
  wire::SyncedRoom sync(RoomId room, wire::Cursor cursor = {});
  wire::SendResult say(RoomId room, Epoch epoch, Cseq cseq, std::string body);

 private:
  [[noreturn]] static void fail_closed(const Closed& closed);
  std::optional<ws::Item> next_item(std::chrono::milliseconds timeout = std::chrono::seconds(10));

  Stream stream_;
  ws::Parser parser_{ws::Role::Client};
  std::string input_;
  std::span<std::byte> rest_;
};

}  // namespace starling::test
