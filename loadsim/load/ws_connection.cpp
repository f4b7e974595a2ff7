#include "loadsim/load/ws_connection.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/ws/handshake.h"

namespace starling::load {
namespace {

using Kind = WsConnection::Arrival::Kind;

/// Bytes taken by the socket; negative when it is lost.
ssize_t write_some(int fd, std::span<const std::byte> bytes) {
  const ssize_t taken = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (taken >= 0) return taken;
  return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

void set_option(int fd, int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof value); }

}  // namespace

bool WsConnection::open(const Endpoint& endpoint, in_addr source, std::uint64_t seed) {
  reset();
  rng_ = Rng(seed);
  key_seed_ = rng_.next();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  set_option(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  if (source.s_addr != 0) {
    // The port is chosen by the whole four-tuple at connect, so every address has all ports to each server.
    set_option(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr = source;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) {
      reset();
      return false;
    }
  }
  const int result = ::connect(fd_, reinterpret_cast<const sockaddr*>(&endpoint.address), sizeof endpoint.address);
  if (result != 0 && errno != EINPROGRESS) {
    reset();
    return false;
  }
  parser_ = ws::Parser(ws::Role::Client);
  state_ = State::Connecting;
  return true;
}

std::string WsConnection::key() const {
  std::array<std::byte, 16> random{};
  const std::array<std::uint64_t, 2> words{mix64(key_seed_), mix64(key_seed_ + 1)};
  std::memcpy(random.data(), words.data(), random.size());
  return ws::make_key(random);
}

bool WsConnection::on_writable(const Endpoint& endpoint) {
  if (state_ != State::Connecting) return flush();
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return false;
  const std::string request = ws::upgrade_request({.host = endpoint.host, .target = endpoint.target, .key = key()});
  const auto bytes = std::as_bytes(std::span(request));
  const ssize_t taken = write_some(fd_, bytes);
  if (taken < 0) return false;
  state_ = State::Upgrading;
  if (static_cast<std::size_t>(taken) < bytes.size()) {
    unsent_ = std::make_unique<std::vector<std::byte>>(bytes.begin() + taken, bytes.end());
  }
  return true;
}

bool WsConnection::flush() {
  if (!unsent_) return true;
  const ssize_t taken = write_some(fd_, *unsent_);
  if (taken < 0) return false;
  unsent_->erase(unsent_->begin(), unsent_->begin() + taken);
  if (unsent_->empty()) unsent_.reset();
  return true;
}

WsConnection::Arrival WsConnection::upgraded(std::span<std::byte>& input) {
  if (!head_) head_ = std::make_unique<std::string>();
  const std::size_t had = head_->size();
  head_->append(reinterpret_cast<const char*>(input.data()), std::min(input.size(), ws::kHeadBytesMax));
  const auto head = ws::check_upgrade_response(*head_, key());
  if (!head && head.error().error == ws::UpgradeError::Incomplete) {
    input = {};
    return {};
  }
  head_.reset();
  if (!head) {
    reset();
    return {.kind = Kind::Broken};
  }
  input = input.subspan(*head - had);
  state_ = State::Open;
  return {.kind = Kind::Opened};
}

WsConnection::Arrival WsConnection::next(std::span<std::byte>& input) {
  while (state_ == State::Upgrading || state_ == State::Open) {
    if (state_ == State::Upgrading) {
      if (input.empty()) return {};
      return upgraded(input);
    }
    const ws::Item item = parser_.next(input);
    switch (item.kind) {
      case ws::Item::Kind::NeedMore:
        return {};
      case ws::Item::Kind::Message:
        return {.kind = Kind::Message, .payload = item.payload};
      case ws::Item::Kind::Pong:
        break;
      case ws::Item::Kind::Ping: {
        std::vector<std::byte> scratch;
        if (!send(ws::Opcode::Pong, item.payload, scratch)) return {.kind = Kind::Broken};
        break;
      }
      case ws::Item::Kind::Close: {
        const auto code = static_cast<std::uint16_t>(item.close_code);
        close(code == static_cast<std::uint16_t>(ws::CloseCode::NoStatus) ? 0 : code);
        return {.kind = Kind::Closed, .code = code};
      }
      case ws::Item::Kind::Error:
        close(static_cast<std::uint16_t>(item.close_code));
        return {.kind = Kind::Broken, .code = static_cast<std::uint16_t>(item.close_code)};
    }
  }
  return {};
}

bool WsConnection::send(ws::Opcode opcode, std::span<const std::byte> payload, std::vector<std::byte>& scratch) {
  if (state_ != State::Open) return false;
  scratch.clear();
  ws::append_client_frame(scratch, opcode, payload, ws::MaskKey{static_cast<std::uint32_t>(rng_.next())});
  std::size_t taken = 0;
  if (!unsent_) {
    const ssize_t result = write_some(fd_, scratch);
    if (result < 0) return false;
    taken = static_cast<std::size_t>(result);
  }
  if (taken < scratch.size()) {
    if (!unsent_) unsent_ = std::make_unique<std::vector<std::byte>>();
    unsent_->insert(unsent_->end(), scratch.begin() + static_cast<std::ptrdiff_t>(taken), scratch.end());
  }
  return true;
}

void WsConnection::close(std::uint16_t code) {
  if (state_ == State::Open) {
    std::array<std::byte, ws::kControlPayloadMax> payload{};
    const auto close_code = code == 0 ? ws::CloseCode::NoStatus : static_cast<ws::CloseCode>(code);
    const std::size_t size = ws::write_close_payload(payload, close_code, {});
    std::vector<std::byte> scratch;
    send(ws::Opcode::Close, std::span(payload).first(size), scratch);
  }
  reset();
}

void WsConnection::abort() {
  if (fd_ >= 0) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  reset();
}

void WsConnection::reset() {
  if (const int fd = std::exchange(fd_, -1); fd >= 0) ::close(fd);
  head_.reset();
  unsent_.reset();
  state_ = State::Closed;
}

std::size_t WsConnection::heap_bytes() const {
  return parser_.heap_bytes() + (head_ ? head_->capacity() : 0) + (unsent_ ? unsent_->capacity() : 0);
}

}  // namespace starling::load
