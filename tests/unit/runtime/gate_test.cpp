#include "server/runtime/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/auth/token.h"
#include "server/runtime/close_codes.h"

namespace starling::runtime {
namespace {

using namespace std::chrono_literals;
constexpr WallTime kNow = wall_from_ms(1'700'000'000'000);
constexpr ConnId kConn{3, 1};

class Gate : public testing::Test {
 protected:
  wire::Hello hello(std::string token) const { return {.token = std::move(token), .rooms_version = 5, .agent = "t"}; }
  std::string token(WallTime expires = kNow + 1h) const {
    return auth::mint_token(secret_, {UserId(7), DeviceId(9), kNow, expires, {3, 30}});
  }
  Refusal refusal(wire::ClientFrame frame, WallTime now = kNow) const {
    const auto admitted = admit(authenticator_, &revoked_, kConn, std::move(frame), now);
    EXPECT_FALSE(admitted.has_value());
    return admitted ? Refusal{} : admitted.error();
  }

  auth::RevokedDevices revoked_;
  auth::TokenSecret secret_ = (auth::init_crypto(), auth::make_token_secret(auth::KeyId(1)));
  auth::Authenticator authenticator_{
      {.token = {auth::public_half(secret_)}, .ticket = {auth::make_ticket_key(auth::KeyId(1))}}};
};

TEST_F(Gate, AGoodTokenComesInWithATicketThatComesInAgain) {
  auto first = admit(authenticator_, &revoked_, kConn, hello(token()), kNow);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->conn, kConn);
  EXPECT_EQ(first->claims.user, UserId(7));
  EXPECT_EQ(first->claims.device, DeviceId(9));
  EXPECT_EQ(first->claims.grants, (ports::Grants{3, 30}));
  EXPECT_EQ(first->hello.rooms_version, 5u);
  EXPECT_TRUE(first->hello.token.empty());

  auto second = admit(authenticator_, &revoked_, kConn, hello(first->ticket), first->ticket_expires);
  ASSERT_TRUE(second.has_value());
  EXPECT_TRUE(second->claims.from_ticket);
  EXPECT_EQ(second->claims.user, UserId(7));
}

TEST_F(Gate, ARevokedDeviceComesInNeitherByItsTokenNorByItsTicket) {
  const auto first = admit(authenticator_, nullptr, kConn, hello(token()), kNow);
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(revoked_.add(DeviceId(9), kNow));
  EXPECT_EQ(refusal(hello(token())).close_code, close_code::kUnauthorized);
  EXPECT_EQ(refusal(hello(first->ticket)).close_code, close_code::kUnauthorized);
}

TEST_F(Gate, RefusalsNameTheFix) {
  EXPECT_EQ(refusal(wire::Typing{RoomId(1)}).close_code, close_code::kProtocolError);
  EXPECT_EQ(refusal(hello("")).close_code, close_code::kUnauthorized);
  EXPECT_THAT(refusal(hello("")).text, testing::HasSubstr("starlingctl token mint"));
  EXPECT_EQ(refusal(hello("rubbish")).close_code, close_code::kUnauthorized);
  EXPECT_EQ(refusal(hello(token(kNow + 1min)), kNow + 1h).close_code, close_code::kTokenExpired);
  // A server whose clock is behind signs nobody out.
  EXPECT_EQ(refusal(hello(token()), kNow - 1h).close_code, close_code::kTokenExpired);
  wire::Hello newer = hello(token());
  newer.version = 2;
  EXPECT_EQ(refusal(newer).close_code, close_code::kVersion);
}

TEST_F(Gate, RefusalsFitACloseFrame) {
  for (const Refusal& r : {refusal(wire::Typing{RoomId(1)}), refusal(hello("")), refusal(hello("rubbish")),
                           refusal(hello(token(kNow + 1min)), kNow + 1h), refusal(hello(token()), kNow - 1h)}) {
    EXPECT_LE(r.text.size(), 123u) << r.text;
  }
}

}  // namespace
}  // namespace starling::runtime
