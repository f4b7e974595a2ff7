#include "server/auth/errors.h"

namespace starling::auth {

const char* describe(AuthError error) {
  switch (error) {
    case AuthError::Malformed:
      return "not a token; get one with: starlingctl token mint";
    case AuthError::UnknownKey:
      return "signed with a key this server does not hold; mint a token with this server's keys";
    case AuthError::BadSignature:
      return "the signature does not match; mint a new token";
    case AuthError::Expired:
      return "expired; present a fresh token";
    case AuthError::NotYetValid:
      return "issued in the future; check the clocks of this server and of the one that minted it";
  }
  return "refused";
}

}  // namespace starling::auth
