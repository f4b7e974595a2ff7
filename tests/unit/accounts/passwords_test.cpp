#include "server/accounts/passwords.h"

#include <gtest/gtest.h>

#include "server/auth/keys.h"

namespace starling::accounts {
namespace {

bool taken(const std::string& password, const std::string& handle = "ada") {
  return check_password(password, handle).has_value();
}

TEST(Passwords, HaveEightTo128CharactersWhateverTheyAre) {
  EXPECT_FALSE(taken("sevenxx"));
  EXPECT_TRUE(taken("eight ch"));
  EXPECT_TRUE(taken(std::string(128, 'x')));
  EXPECT_FALSE(taken(std::string(129, 'x')));
  EXPECT_FALSE(taken("жжжжжжж"));  // seven, in fourteen bytes
  EXPECT_TRUE(taken("жжжжжжжж"));
  EXPECT_FALSE(taken("\xff\xff\xff\xff\xff\xff\xff\xff"));
}

TEST(Passwords, ThatEverybodyTriesFirstAreRefused) {
  EXPECT_FALSE(taken("password"));
  EXPECT_FALSE(taken("PassWord123"));
  EXPECT_FALSE(taken("qwertyuiop"));
  EXPECT_FALSE(taken("lovelace", "lovelace"));
  EXPECT_FALSE(taken("Lovelace12", "lovelace"));
  EXPECT_TRUE(taken("lovelace and the engine", "lovelace"));
}

TEST(Passwords, AreStoredByTheirParametersAndVerified) {
  auth::init_crypto();
  const PasswordHasher hasher;
  const std::string stored = hasher.hash("eight ch");
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(hasher.verify(stored, "eight ch"));
  EXPECT_FALSE(hasher.verify(stored, "eight Ch"));
  EXPECT_FALSE(PasswordHasher::outdated(stored));
  EXPECT_TRUE(
      PasswordHasher::outdated("$argon2id$v=19$m=8192,t=2,p=1$c2FsdHNhbHRzYWx0c2E$"
                               "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY"));
}

TEST(Passwords, ThatNobodyHasAreFoundOutByOneHashToo) {
  auth::init_crypto();
  const PasswordHasher hasher;
  EXPECT_FALSE(hasher.verify("", "eight ch"));
  EXPECT_EQ(hasher.hashes(), 1u);
}

}  // namespace
}  // namespace starling::accounts
