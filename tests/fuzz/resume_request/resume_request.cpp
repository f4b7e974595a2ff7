// The first frame of a connection as the server takes it: bytes to a Hello, its token or resume ticket to claims. Who
// holds neither gets in by no change to a genuine credential; who does gets a new ticket that says the same.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "common/base/assert.h"
#include "common/wire/codec.h"
#include "common/ws/limits.h"
#include "server/auth/authenticator.h"
#include "server/auth/claims_codec.h"
#include "server/auth/token.h"
#include "server/runtime/gate.h"
#include "tests/fuzz/entry.h"
#include "tests/fuzz/input.h"

namespace {

using namespace starling;

const WallTime kIssued = wall_from_ms(1'700'000'000'000);
constexpr std::chrono::hours kTokenTtl{1};

auth::TokenSecret token_secret(std::uint32_t id) {
  auth::TokenSecret secret{.id = auth::KeyId(id)};
  secret.seed.fill(static_cast<unsigned char>(id));
  return secret;
}
auth::TicketKey ticket_key(std::uint32_t id) {
  auth::TicketKey key{.id = auth::KeyId(id)};
  key.bytes.fill(static_cast<unsigned char>(100 + id));
  return key;
}

/// The keys 2 and 3 are alive; 1 was rotated away.
const auth::Authenticator& server() {
  static const auth::Authenticator authenticator = [] {
    auth::init_crypto();
    return auth::Authenticator({.token = {public_half(token_secret(2)), public_half(token_secret(3))},
                                .ticket = {ticket_key(2), ticket_key(3)}});
  }();
  return authenticator;
}

/// What was really signed, and with what right.
struct Genuine {
  std::string text;
  ports::Claims claims;
  WallTime begins;
  WallTime ends;
  bool alive = true;  // its key is
};

class Visitor {
 public:
  Visitor(const std::uint8_t* data, std::size_t size) : in_(data, size) {
    now_ = kIssued + std::chrono::minutes(in_.in_range(-10, 120));
  }

  void run() {
    const Genuine& genuine = mint();
    wire::Hello hello{.version = in_.pick<std::uint32_t>({wire::kProtocolVersion, wire::kProtocolVersion, 0, 9}),
                      .token = changed(genuine.text),
                      .rooms_version = in_.any(),
                      .agent = "fuzz"};
    const bool right_version = hello.version == wire::kProtocolVersion;
    const std::string presented = hello.token;
    std::string bytes;
    wire::encode(in_.in_range(0, 15) == 0 ? wire::ClientFrame(wire::Typing{.room = RoomId(1)}) : std::move(hello),
                 bytes);
    const bool changed_bytes = change(bytes);
    auto frame = wire::decode_client(std::as_bytes(std::span(bytes)));
    if (!frame) return;
    const auto* read = std::get_if<wire::Hello>(&*frame);
    const std::string token = read != nullptr ? read->token : std::string();
    STARLING_ASSERT(changed_bytes || read == nullptr || token == presented);
    const auto admitted = runtime::admit(server(), nullptr, ConnId(), std::move(*frame), now_);
    if (admitted) {
      STARLING_ASSERT(read != nullptr && (changed_bytes || right_version));
      check_admitted(*admitted, genuine, token);
    } else {
      check_refused(admitted.error());
      STARLING_ASSERT(admitted.error().text.find(genuine.text) == std::string::npos);
      const bool in_time = now_ >= genuine.begins && now_ < genuine.ends;
      STARLING_ASSERT(!(token == genuine.text && genuine.alive && in_time && right_version && !changed_bytes));
    }
  }

 private:
  const Genuine& mint() {
    const std::uint32_t key = in_.in_range(1u, 3u);
    genuine_.alive = key != 1;
    genuine_.claims = {.user = UserId(in_.any() | 1),
                       .device = DeviceId(in_.any() | 1),
                       .expires = kIssued + kTokenTtl,
                       .grants = {.sends_per_s = in_.in_range(0u, 1000u), .sends_burst = in_.in_range(0u, 1000u)}};
    if (in_.flag()) {
      genuine_.claims.from_ticket = true;
      const auth::Ticket ticket = auth::mint_ticket(ticket_key(key), genuine_.claims, in_.any(), kIssued);
      genuine_.text = ticket.text;
      genuine_.begins = WallTime::min();  // the server's own clock minted it
      genuine_.ends = ticket.expires;
      return genuine_;
    }
    const WallTime issued = kIssued + std::chrono::minutes(in_.in_range(-30, 30));
    genuine_.text = auth::mint_token(token_secret(key), {.user = genuine_.claims.user,
                                                         .device = genuine_.claims.device,
                                                         .issued = issued,
                                                         .expires = genuine_.claims.expires,
                                                         .grants = genuine_.claims.grants});
    genuine_.begins = issued;
    genuine_.ends = genuine_.claims.expires;
    return genuine_;
  }

  std::string changed(const std::string& text) {
    switch (in_.in_range(0, 5)) {
      case 0: {
        auto raw = auth::decode_base64url(text);
        STARLING_ASSERT(raw.has_value());
        raw->storage[in_.in_range<std::size_t>(0, raw->size - 1)] ^= in_.in_range<std::uint8_t>(0, 255);
        return auth::encode_base64url(raw->bytes());
      }
      case 1: {
        std::string edited = text;
        edited[in_.in_range<std::size_t>(0, edited.size() - 1)] = static_cast<char>(in_.in_range<std::uint8_t>(0, 255));
        return edited;
      }
      case 2:
        return text.substr(0, in_.in_range<std::size_t>(0, text.size())) + in_.text(40);
      case 3:
        return in_.rest();
      default:
        return text;
    }
  }

  bool change(std::string& bytes) {
    if (in_.in_range(0, 3) != 0 || bytes.empty()) return false;
    bytes[in_.in_range<std::size_t>(0, bytes.size() - 1)] ^= static_cast<char>(in_.in_range<std::uint8_t>(1, 255));
    if (in_.flag()) bytes.resize(in_.in_range<std::size_t>(0, bytes.size()));
    return true;
  }

  void check_admitted(const core::Connected& admitted, const Genuine& genuine, const std::string& token) const {
    STARLING_ASSERT(token == genuine.text && genuine.alive);
    STARLING_ASSERT(admitted.claims == genuine.claims);
    STARLING_ASSERT(now_ + auth::kWallTolerance >= genuine.begins || genuine.begins == WallTime::min());
    STARLING_ASSERT(now_ - auth::kWallTolerance < genuine.ends);
    STARLING_ASSERT(admitted.hello.token.empty());
    STARLING_ASSERT(admitted.ticket_expires <= genuine.claims.expires);

    auto again = genuine.claims;
    again.from_ticket = true;
    const auto resumed = server().verify(admitted.ticket, now_);
    STARLING_ASSERT(resumed.has_value() && *resumed == again);
    STARLING_ASSERT(!server().verify(admitted.ticket, now_ + std::chrono::minutes(10)).has_value());
  }

  static void check_refused(const runtime::Refusal& refusal) {
    constexpr std::array<std::uint16_t, 4> kCodes{1008, 4001, 4002, 4011};
    STARLING_ASSERT(std::ranges::find(kCodes, refusal.close_code) != kCodes.end());
    STARLING_ASSERT(!refusal.text.empty() && refusal.text.size() <= ws::kCloseReasonMax);
  }

  fuzz::Input in_;
  WallTime now_;
  Genuine genuine_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Visitor(data, size).run();
  return 0;
}
