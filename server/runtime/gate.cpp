#include "server/runtime/gate.h"

#include <utility>
#include <variant>

#include "server/runtime/close_codes.h"

namespace starling::runtime {

Result<core::Connected, Refusal> admit(const auth::Authenticator& authenticator, const auth::RevokedDevices* revoked,
                                       ConnId conn, wire::ClientFrame&& first, WallTime now) {
  auto* hello = std::get_if<wire::Hello>(&first);
  if (hello == nullptr) {
    return tl::unexpected(Refusal{close_code::kProtocolError, "the first frame must be Hello"});
  }
  if (hello->version != wire::kProtocolVersion) {
    return tl::unexpected(Refusal{close_code::kVersion, "this server speaks protocol version " +
                                                            std::to_string(wire::kProtocolVersion) + "; update"});
  }
  if (hello->token.empty()) {
    return tl::unexpected(
        Refusal{close_code::kUnauthorized, "no token; log in, or get one with: starlingctl token mint"});
  }
  auto claims = authenticator.verify(hello->token, now);
  if (!claims) {
    const bool untimely = auth::is_untimely(claims.error());
    return tl::unexpected(
        Refusal{untimely ? close_code::kTokenExpired : close_code::kUnauthorized, auth::describe(claims.error())});
  }
  if (revoked != nullptr && revoked->contains(claims->device)) {
    return tl::unexpected(Refusal{close_code::kUnauthorized, "the device was revoked; log in again"});
  }
  auth::Ticket ticket = authenticator.ticket_for(*claims, now);
  hello->token.clear();  // no credential travels past this point
  return core::Connected{.conn = conn,
                         .claims = *claims,
                         .hello = std::move(*hello),
                         .ticket = std::move(ticket.text),
                         .ticket_expires = ticket.expires};
}

}  // namespace starling::runtime
