#include "server/accounts/refresh_token.h"

#include <gtest/gtest.h>

#include "server/auth/keys.h"

namespace starling::accounts {
namespace {

TEST(RefreshTokens, AreReadAsTheyWereWritten) {
  auth::init_crypto();
  const RefreshToken token = RefreshToken::first();
  const auto read = RefreshToken::parse(token.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->family, token.family);
  EXPECT_EQ(read->secret, token.secret);
  EXPECT_FALSE(RefreshToken::parse(token.text().substr(1)));
  EXPECT_FALSE(RefreshToken::parse(token.text() + "AAAA"));
  EXPECT_FALSE(RefreshToken::parse(""));
}

TEST(RefreshTokens, OnlyTheTokenBeforeOpensItsSuccessor) {
  auth::init_crypto();
  const RefreshToken token = RefreshToken::first();
  const RefreshToken next = token.successor();
  EXPECT_EQ(next.family, token.family);
  const std::string sealed = seal_successor(token, next);
  EXPECT_EQ(open_successor(token, sealed)->text(), next.text());
  EXPECT_FALSE(open_successor(next, sealed));
  EXPECT_FALSE(open_successor(token.successor(), sealed));
}

}  // namespace
}  // namespace starling::accounts
