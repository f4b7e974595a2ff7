#include "tests/bench/wire_load/starling_protocol.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <variant>

#include "common/wire/plain_event.h"
#include "common/ws/handshake.h"

namespace starling::bench {
namespace {

/// Each peer's own, so that it need not be kept until the answer.
std::string upgrade_key(const Peer& peer) {
  std::array<std::byte, 16> random{};
  const std::uint64_t word = mix64(peer.index);
  std::memcpy(random.data(), &word, sizeof(word));
  return ws::make_key(random);
}

[[noreturn]] void die(const Peer& peer, const char* what) {
  std::fprintf(stderr, "wire_load: connection %u: %s\n", peer.index, what);
  std::exit(3);
}

}  // namespace

void StarlingProtocol::connected(Peer& peer, Instant) {
  peer.parser = ws::Parser(ws::Role::Client);
  peer.upgraded = false;
  peer.head.clear();
  peer.close_code = 0;
  const std::string key = upgrade_key(peer);
  const std::string request =
      ws::upgrade_request({.host = "127.0.0.1", .target = "/v1/ws", .key = key, .subprotocol = {}, .origin = {}});
  wire_.write(peer, std::as_bytes(std::span(request)));
}

/// Takes the upgrade's answer off the front; false while it is not whole.
bool StarlingProtocol::upgrade(Peer& peer, std::span<std::byte>& bytes, Instant now) {
  const std::size_t had = peer.head.size();
  peer.head.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto head = ws::check_upgrade_response(peer.head, upgrade_key(peer));
  if (!head) {
    if (head.error().error == ws::UpgradeError::Incomplete) return false;
    if (peer.head.starts_with("HTTP/1.1 503 ")) {
      put_off(peer, now);
      return false;
    }
    die(peer, ("the upgrade failed: " + peer.head.substr(0, peer.head.find('\r'))).c_str());
  }
  bytes = bytes.subspan(*head - had);
  std::string().swap(peer.head);
  peer.upgraded = true;
  return true;
}

/// As the client engine does (common/client/settings.h): full jitter below a bound that doubles.
void StarlingProtocol::put_off(Peer& peer, Instant now) {
  constexpr std::uint64_t kBaseMs = 1000;
  constexpr std::uint8_t kDoublings = 6;
  const std::uint64_t bound = kBaseMs << std::min(peer.put_off, kDoublings);
  ++tally_.put_off;
  ++peer.put_off;
  wire_.close(peer);
  peer.phase = Phase::PutOff;
  peer.back_at = now + std::chrono::milliseconds(masks_.below(bound));
}

void StarlingProtocol::say_hello(Peer& peer) {
  put(peer, wire::Hello{.token = peer.ticket.empty() ? tokens_[peer.index] : peer.ticket,
                        .rooms_version = peer.rooms_version,
                        .agent = "wire_load"});
}

void StarlingProtocol::received(Peer& peer, std::span<std::byte> bytes, Instant now) {
  if (!peer.upgraded) {
    if (!upgrade(peer, bytes, now)) return;
    say_hello(peer);
  }
  while (peer.fd >= 0) {
    const ws::Item item = peer.parser.next(bytes);
    switch (item.kind) {
      case ws::Item::Kind::NeedMore:
        return;
      case ws::Item::Kind::Message:
        message(peer, item.payload, now);
        break;
      case ws::Item::Kind::Ping:
        put(peer, ws::Opcode::Pong, item.payload);
        break;
      case ws::Item::Kind::Pong:
        break;
      case ws::Item::Kind::Close:
        peer.close_code = static_cast<std::uint16_t>(item.close_code);
        put(peer, ws::Opcode::Close, item.payload);
        wire_.close(peer);
        return disconnected(peer);
      case ws::Item::Kind::Error:
        die(peer, std::string(ws::describe(item.violation)).c_str());
    }
  }
}

void StarlingProtocol::message(Peer& peer, std::span<const std::byte> payload, Instant now) {
  if (const auto event = wire::decode_plain_event(payload)) return handle(peer, *event, now);
  const auto frame = decoder_.server(payload);
  if (!frame) die(peer, wire::describe(frame.error()));
  std::visit([&](const auto& each) { handle(peer, each, now); }, *frame);
}

void StarlingProtocol::put(Peer& peer, const wire::ClientFrame& frame) {
  encoded_.clear();
  wire::encode(frame, encoded_);
  put(peer, ws::Opcode::Binary, std::as_bytes(std::span(encoded_)));
}

void StarlingProtocol::put(Peer& peer, ws::Opcode opcode, std::span<const std::byte> payload) {
  framed_.clear();
  ws::append_client_frame(framed_, opcode, payload, {.word = static_cast<std::uint32_t>(masks_.next())});
  wire_.write(peer, framed_);
}

void StarlingProtocol::disconnected(Peer& peer) {
  ++tally_.closed;
  ++tally_.close_codes[peer.close_code];
  for (RoomCursor& cursor : peer.rooms) {
    cursor.live = false;
    cursor.unreported = 0;
    rooms_.left(cursor.place, peer.index);
  }
  peer.report_armed = peer.resend_armed = false;
  peer.in_flight.clear();
}

void StarlingProtocol::due(Peer& peer, Due due, Instant now) {
  switch (due) {
    case Due::Report:
      peer.report_armed = false;
      return report(peer);
    case Due::Sync:
      return sync(peer);
    case Due::Resend:
      peer.resend_armed = false;
      for (const InFlight& entry : peer.in_flight) put_send(peer, entry);
      // Answers may be lost in a Busy crowd: look again.
      if (!peer.in_flight.empty()) resend_later(peer, std::chrono::seconds(1), now);
      return;
  }
}

}  // namespace starling::bench
