#include <gtest/gtest.h>

#include <string>

#include "server/auth/authenticator.h"
#include "server/auth/claims_codec.h"
#include "server/auth/ticket.h"
#include "server/auth/token.h"

namespace starling::auth {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = wall_from_ms(1'700'000'000'000);

class Credentials : public testing::Test {
 protected:
  void SetUp() override { init_crypto(); }

  TokenClaims claims() const {
    return {.user = UserId(7), .device = DeviceId(9), .issued = kNow, .expires = kNow + 1h, .grants = {50, 500}};
  }
  Authenticator server() const {
    return Authenticator(ServerKeys{.token = {public_half(secret_)}, .ticket = {ticket_key_}});
  }
  AuthError refusal(const std::string& text, WallTime now = kNow) const {
    const auto verified = server().verify(text, now);
    EXPECT_FALSE(verified.has_value());
    return verified ? AuthError{} : verified.error();
  }

  TokenSecret secret_ = (init_crypto(), make_token_secret(KeyId(1)));
  TicketKey ticket_key_ = make_ticket_key(KeyId(1));
};

TEST_F(Credentials, TokenCarriesItsClaims) {
  const auto verified = server().verify(mint_token(secret_, claims()), kNow);
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(*verified, (ports::Claims{UserId(7), DeviceId(9), kNow + 1h, {50, 500}, false}));
}

TEST_F(Credentials, TicketCarriesTheSessionsClaims) {
  const auto session = *server().verify(mint_token(secret_, claims()), kNow);
  const Ticket ticket = server().ticket_for(session, kNow);
  const auto verified = server().verify(ticket.text, kNow);
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(*verified, (ports::Claims{UserId(7), DeviceId(9), kNow + 1h, {50, 500}, true}));
  EXPECT_EQ(ticket.expires, kNow + kTicketTtl);
}

TEST_F(Credentials, TicketsOfOneSessionDiffer) {
  const auto session = *server().verify(mint_token(secret_, claims()), kNow);
  EXPECT_NE(server().ticket_for(session, kNow).text, server().ticket_for(session, kNow).text);
}

TEST_F(Credentials, EveryFlippedBitOfATokenIsFound) {
  const auto raw = *decode_base64url(mint_token(secret_, claims()));
  for (std::size_t bit = 0; bit < raw.size * 8; ++bit) {
    RawCredential bad = raw;
    bad.storage[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_FALSE(server().verify(encode_base64url(bad.bytes()), kNow).has_value()) << "bit " << bit;
  }
}

TEST_F(Credentials, EveryFlippedBitOfATicketIsFound) {
  const auto session = *server().verify(mint_token(secret_, claims()), kNow);
  const auto raw = *decode_base64url(server().ticket_for(session, kNow).text);
  for (std::size_t bit = 0; bit < raw.size * 8; ++bit) {
    RawCredential bad = raw;
    bad.storage[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_FALSE(server().verify(encode_base64url(bad.bytes()), kNow).has_value()) << "bit " << bit;
  }
}

TEST_F(Credentials, SignatureAndClaimsAreNamedApart) {
  auto raw = *decode_base64url(mint_token(secret_, claims()));
  raw.storage[raw.size - 1] ^= 1;
  EXPECT_EQ(refusal(encode_base64url(raw.bytes())), AuthError::BadSignature);
}

TEST_F(Credentials, ShapelessTextIsMalformed) {
  const std::string good = mint_token(secret_, claims());
  EXPECT_EQ(refusal(""), AuthError::Malformed);
  EXPECT_EQ(refusal("not a token"), AuthError::Malformed);
  EXPECT_EQ(refusal(good.substr(0, good.size() - 1)), AuthError::Malformed);
  EXPECT_EQ(refusal(good + "A"), AuthError::Malformed);
  EXPECT_EQ(refusal(good + "=="), AuthError::Malformed);
  EXPECT_EQ(refusal(std::string(1024, 'A')), AuthError::Malformed);
  EXPECT_EQ(refusal(good + std::string(1, '\0')), AuthError::Malformed);
}

TEST_F(Credentials, ACredentialHasOneSpelling) {
  const auto session = *server().verify(mint_token(secret_, claims()), kNow);
  const std::string good = server().ticket_for(session, kNow).text;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string other = good;
    for (int c = 0; c < 256; ++c) {
      other[i] = static_cast<char>(c);
      ASSERT_EQ(other == good, server().verify(other, kNow).has_value()) << "character " << i << " is " << c;
    }
  }
}

TEST_F(Credentials, TokenExpiresAtItsTimePlusTheTolerance) {
  const std::string token = mint_token(secret_, claims());
  EXPECT_TRUE(server().verify(token, kNow + 1h + kWallTolerance - 1ms).has_value());
  EXPECT_EQ(refusal(token, kNow + 1h + kWallTolerance), AuthError::Expired);
}

TEST_F(Credentials, TokenOfTheFutureIsRefusedBeyondTheTolerance) {
  const std::string token = mint_token(secret_, claims());
  EXPECT_TRUE(server().verify(token, kNow - kWallTolerance).has_value());
  EXPECT_EQ(refusal(token, kNow - kWallTolerance - 1ms), AuthError::NotYetValid);
}

TEST_F(Credentials, TicketExpiresAtItsTimePlusTheTolerance) {
  const auto session = *server().verify(mint_token(secret_, claims()), kNow);
  const std::string ticket = server().ticket_for(session, kNow).text;
  EXPECT_TRUE(server().verify(ticket, kNow + kTicketTtl + kWallTolerance - 1ms).has_value());
  EXPECT_EQ(refusal(ticket, kNow + kTicketTtl + kWallTolerance), AuthError::Expired);
}

TEST_F(Credentials, TicketNeverOutlivesTheTokenOfItsSession) {
  TokenClaims brief = claims();
  brief.expires = kNow + 1min;
  const auto session = *server().verify(mint_token(secret_, brief), kNow);
  const Ticket first = server().ticket_for(session, kNow);
  EXPECT_EQ(first.expires, kNow + 1min);
  const auto resumed = *server().verify(first.text, kNow + 30s);
  EXPECT_EQ(server().ticket_for(resumed, kNow + 30s).expires, kNow + 1min);
}

TEST_F(Credentials, RotationKeepsTheKeyBeforeAndDropsTheOneBeforeThat) {
  const TokenSecret second = make_token_secret(KeyId(2));
  const TokenSecret third = make_token_secret(KeyId(3));
  const Authenticator rotated(ServerKeys{.token = {public_half(second), public_half(third)},
                                         .ticket = {make_ticket_key(KeyId(2)), make_ticket_key(KeyId(3))}});
  EXPECT_TRUE(rotated.verify(mint_token(third, claims()), kNow).has_value());
  EXPECT_TRUE(rotated.verify(mint_token(second, claims()), kNow).has_value());
  EXPECT_EQ(rotated.verify(mint_token(secret_, claims()), kNow).error(), AuthError::UnknownKey);

  const auto session = *server().verify(mint_token(secret_, claims()), kNow);
  EXPECT_EQ(rotated.verify(server().ticket_for(session, kNow).text, kNow).error(), AuthError::UnknownKey);
}

TEST_F(Credentials, AnotherServersKeyOfTheSameIdIsABadSignature) {
  EXPECT_EQ(refusal(mint_token(make_token_secret(KeyId(1)), claims())), AuthError::BadSignature);
}

}  // namespace
}  // namespace starling::auth
