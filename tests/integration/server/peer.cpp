#include "tests/integration/server/peer.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <vector>

#include "common/wire/codec.h"
#include "common/ws/handshake.h"

namespace starling::test {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

Stream::Stream(std::uint16_t port, bool tls) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  if (!connected_ || !tls) return;
  context_ = SSL_CTX_new(TLS_client_method());
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, fd_);
  if (SSL_connect(ssl_) != 1) throw std::runtime_error("no TLS");
}

Stream::~Stream() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(fd_);
}

std::string Stream::tls_version() const { return SSL_get_version(ssl_); }

void Stream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server closed: reading says how
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Stream::read(std::chrono::milliseconds timeout) {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  const bool buffered = ssl_ != nullptr && SSL_pending(ssl_) > 0;
  if (!buffered && ::poll(&waiting, 1, static_cast<int>(timeout.count())) != 1) throw Silence();
  std::array<char, 16 * 1024> buffer;
  const auto got =
      ssl_ != nullptr ? SSL_read(ssl_, buffer.data(), buffer.size()) : ::recv(fd_, buffer.data(), buffer.size(), 0);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

std::string http(std::uint16_t port, std::string_view request, bool tls) {
  Stream stream(port, tls);
  stream.write(request);
  std::string response;
  for (std::string piece = stream.read(); !piece.empty(); piece = stream.read()) response += piece;
  return response;
}

std::string http_get(std::uint16_t port, std::string_view path, bool tls) {
  return http(port, "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", tls);
}

std::string http_call(std::uint16_t port, const std::string& method, const std::string& path, const std::string& token,
                      const std::string& body) {
  std::string text = method + ' ' + path + " HTTP/1.1\r\nHost: here\r\n";
  if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
  if (method == "POST") text += "Content-Type: application/json\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  return http(port, text);
}

int status_of(const std::string& answer) { return std::stoi(answer.substr(9, 3)); }

std::string text_between(const std::string& text, const std::string& before, char end) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return {};
  const std::size_t from = at + before.size();
  return text.substr(from, text.find(end, from) - from);
}

Peer::Peer(std::uint16_t port, bool tls, std::string_view origin) : stream_(port, tls) {
  const std::string key = ws::make_key({});
  stream_.write(ws::upgrade_request({.host = "localhost", .target = "/v1/ws", .key = key, .origin = origin}));
  while (true) {
    const std::string piece = stream_.read();
    if (piece.empty()) throw std::runtime_error("closed during the upgrade");
    input_ += piece;
    const auto head = ws::check_upgrade_response(input_, key);
    if (head) {
      rest_ = std::as_writable_bytes(std::span(input_)).subspan(*head);
      return;
    }
    if (head.error().error != ws::UpgradeError::Incomplete) {
      throw std::runtime_error("not upgraded: " + input_.substr(0, input_.find('\r')));
    }
  }
}

void Peer::send(const wire::ClientFrame& frame) {
  std::string bytes;
  wire::encode(frame, bytes);
  send_frame(ws::Opcode::Binary, bytes);
}

void Peer::send_frame(ws::Opcode opcode, std::string_view payload) {
  std::vector<std::byte> frame;
  ws::append_client_frame(frame, opcode, bytes_of(payload), {0x12345678});
  stream_.write({reinterpret_cast<const char*>(frame.data()), frame.size()});
}

std::optional<ws::Item> Peer::next_item(std::chrono::milliseconds timeout) {
  while (true) {
    const ws::Item item = parser_.next(rest_);
    if (item.kind != ws::Item::Kind::NeedMore) return item;
    input_ = stream_.read(timeout);
    if (input_.empty()) return std::nullopt;
    rest_ = std::as_writable_bytes(std::span(input_));
  }
}

Peer::Received Peer::receive(std::chrono::milliseconds timeout) {
  while (true) {
    const auto item = next_item(timeout);
    if (!item) return Closed{};
    switch (item->kind) {
      case ws::Item::Kind::Message: {
        auto frame = wire::decode_server(item->payload);
        if (!frame) throw std::runtime_error(std::string("undecodable frame: ") + wire::describe(frame.error()));
        return std::move(*frame);
      }
      case ws::Item::Kind::Close:
        return Closed{static_cast<std::uint16_t>(item->close_code), std::string(ws::close_reason(item->payload))};
      case ws::Item::Kind::Error:
        throw std::runtime_error("the server broke RFC 6455: " + std::string(ws::describe(item->violation)));
      case ws::Item::Kind::Ping:
      case ws::Item::Kind::Pong:
      case ws::Item::Kind::NeedMore:
        break;
    }
  }
}

std::string Peer::expect_pong() {
  while (true) {
    const auto item = next_item();
    if (!item) throw std::runtime_error("closed before the pong");
    if (item->kind == ws::Item::Kind::Pong) {
      return {reinterpret_cast<const char*>(item->payload.data()), item->payload.size()};
    }
  }
}

Closed Peer::expect_close() {
  while (true) {
    Received received = receive();
    if (const auto* closed = std::get_if<Closed>(&received)) return *closed;
  }
}

void Peer::fail_closed(const Closed& closed) {
  throw std::runtime_error("closed with " + std::to_string(closed.code) + " " + closed.reason);
}

wire::Welcome Peer::login(std::string token, std::uint64_t rooms_version) {
  send(wire::Hello{.token = std::move(token), .rooms_version = rooms_version, .agent = "test"});
  return expect<wire::Welcome>();
}

RoomId Peer::create_room(std::uint64_t request_id, std::vector<UserId> members) {
  send(wire::CreateRoom{.request_id = request_id, .title = "room", .members = std::move(members)});
  const auto made = expect<wire::RoomCreated>();
  if (made.status != wire::CreateStatus::Created && made.status != wire::CreateStatus::Existed) {
    throw std::runtime_error("the room was not created");
  }
  return made.room;
}

wire::SyncedRoom Peer::sync(RoomId room, wire::Cursor cursor) {
  send(wire::Sync{{{.room = room, .cursor = cursor}}});
  while (true) {
    for (const wire::SyncedRoom& synced : expect<wire::Synced>().rooms) {
      if (synced.room == room && synced.status != wire::SyncStatus::Unavailable) return synced;
    }
    send(wire::Sync{{{.room = room, .cursor = cursor}}});
  }
}

wire::SendResult Peer::say(RoomId room, Epoch epoch, Cseq cseq, std::string body) {
  const wire::Send message{.room = room,
                           .epoch = epoch,
                           .cseq = cseq,
                           .client_msg_id = ClientMsgId(1000 + cseq.value),
                           .body = std::move(body)};
  send(message);
  return expect<wire::SendResult>();
}

}  // namespace starling::test
