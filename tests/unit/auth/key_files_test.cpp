#include "server/auth/key_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "server/auth/authenticator.h"
#include "server/auth/token.h"

namespace starling::auth {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr WallTime kNow = wall_from_ms(1'700'000'000'000);

class KeyFiles : public testing::Test {
 protected:
  void SetUp() override {
    init_crypto();
    std::string name = (fs::temp_directory_path() / "starling-keys-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    dir_ = root_ / "keys";
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string token() const {
    const auto secret = load_token_secret(dir_);
    EXPECT_TRUE(secret.has_value());
    return mint_token(*secret, {UserId(1), DeviceId(1), kNow, kNow + 1h, {}});
  }
  bool accepts(const std::string& text) const {
    return Authenticator(*load_server_keys(dir_)).verify(text, kNow).has_value();
  }

  fs::path root_;
  fs::path dir_;
};

TEST_F(KeyFiles, FirstStartMakesKeysThatOnlyTheirOwnerReads) {
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  for (const char* name : {"token.1.secret", "token.1.public", "ticket.1.secret", "credential.1.secret"}) {
    EXPECT_EQ(fs::status(dir_ / name).permissions(), fs::perms::owner_read) << name;
  }
  EXPECT_EQ(fs::status(dir_).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(accepts(token()));
}

TEST_F(KeyFiles, WhatTheCredentialKeySealedStaysReadableThroughStartsAndRotations) {
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  const auto before = load_credential_key(dir_);
  ASSERT_TRUE(before.has_value());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(rotate_keys(dir_).has_value());
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  EXPECT_EQ(load_credential_key(dir_)->bytes, before->bytes);
}

TEST_F(KeyFiles, SecondStartKeepsTheKeys) {
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  const std::string before = token();
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  EXPECT_TRUE(accepts(before));
}

TEST_F(KeyFiles, APublicHalfThatIsGoneFollowsFromTheSecret) {
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  const std::string before = token();
  fs::remove(dir_ / "token.1.public");
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  EXPECT_TRUE(accepts(before));
  EXPECT_EQ(fs::status(dir_ / "token.1.public").permissions(), fs::perms::owner_read);
}

TEST_F(KeyFiles, RotationKeepsTwoAlive) {
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  const std::string first = token();
  EXPECT_EQ(rotate_keys(dir_).value(), KeyId(2));
  const std::string second = token();
  EXPECT_TRUE(accepts(first));
  EXPECT_EQ(rotate_keys(dir_).value(), KeyId(3));
  EXPECT_FALSE(accepts(first));
  EXPECT_TRUE(accepts(second));
  EXPECT_TRUE(accepts(token()));
  EXPECT_FALSE(fs::exists(dir_ / "token.1.secret"));
}

TEST_F(KeyFiles, ReadableByOthersIsRefusedWithTheFix) {
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  fs::permissions(dir_ / "ticket.1.secret", fs::perms::others_read, fs::perm_options::add);
  const auto keys = load_server_keys(dir_);
  ASSERT_FALSE(keys.has_value());
  EXPECT_NE(keys.error().message.find("chmod 0400"), std::string::npos);
}

TEST_F(KeyFiles, DamagedFileIsNamed) {
  ASSERT_TRUE(ensure_keys(dir_).has_value());
  fs::remove(dir_ / "token.1.public");
  std::ofstream(dir_ / "token.1.public") << "nonsense";
  const auto keys = load_server_keys(dir_);
  ASSERT_FALSE(keys.has_value());
  EXPECT_NE(keys.error().message.find("token.1.public"), std::string::npos);
}

TEST_F(KeyFiles, MissingKeysNameTheCommandThatMakesThem) {
  EXPECT_NE(load_server_keys(dir_).error().message.find("starlingctl keygen"), std::string::npos);
}

TEST_F(KeyFiles, ABusKeyIsMadeOnceAndItsPublicHalfIsWhatTheOthersAreGiven) {
  EXPECT_NE(load_bus_secret(dir_).error().message.find("starlingctl keygen --bus --dir"), std::string::npos);
  const auto made = ensure_bus_key(dir_);
  ASSERT_TRUE(made.has_value());
  for (const char* name : {"bus.1.secret", "bus.1.public"}) {
    EXPECT_EQ(fs::status(dir_ / name).permissions(), fs::perms::owner_read) << name;
  }
  fs::remove(dir_ / "bus.1.public");
  const auto again = ensure_bus_key(dir_);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->bytes, made->bytes);
  EXPECT_EQ(public_half(*load_bus_secret(dir_)).bytes, made->bytes);
  std::string line;
  std::getline(std::ifstream(dir_ / "bus.1.public") >> std::ws, line);
  EXPECT_EQ(line, text_of(*made));
  EXPECT_EQ(parse_bus_public(line)->bytes, made->bytes);
  EXPECT_NE(parse_bus_public("nonsense").error().message.find("bus.1.public"), std::string::npos);
}

}  // namespace
}  // namespace starling::auth
