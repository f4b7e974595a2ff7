// The service over a real store in a temporary directory, with a clock that the test turns.
#include "server/accounts/logins.h"

#include <gtest/gtest.h>

#include "server/accounts/registration.h"
#include "server/accounts/totp.h"
#include "server/store/sqlite/store.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::accounts {
namespace {

using namespace std::chrono_literals;

const Origin kHome = Origin::of("192.0.2.1");
const Origin kAbroad = Origin::of("198.51.100.1");

class LoginsTest : public testing::Test {
 protected:
  LoginsTest() {
    auto opened =
        store::Store::open({.path = database_.path(), .readers = 1},
                           [this](ShardId, ports::StoreCompletion&& done) { calls_.complete(std::move(done)); });
    if (!opened) throw std::runtime_error(opened.error().text);
    store_ = std::move(*opened);
    calls_.attach([this](ShardId shard, ports::StoreOp&& op) { store_->submit(shard, std::move(op)); });
    context_.close_connections = [this](DeviceId device) { closed_.push_back(device); };
    grant_ = *registration_.run({.handle = "ada", .password = "eight ch"}, kHome);
  }
  Result<Grant, Refusal> login(const std::string& handle, const std::string& password, const Origin& origin = kHome) {
    return logins_.login({.handle = handle, .password = password}, origin);
  }
  std::uint64_t hashes_of_login(const std::string& handle, const std::string& password) {
    const std::uint64_t before = context_.hasher.hashes();
    login(handle, password);
    now_.at += 1h;
    return context_.hasher.hashes() - before;
  }
  Why why(const Result<Grant, Refusal>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? Why::Busy : result.error().why;
  }

  store::TempDatabase database_;
  Moment now_{.at = Instant{}, .wall = wall_from_ms(1'700'000'000'000)};
  StoreCalls calls_;
  std::unique_ptr<store::Store> store_;
  Keys keys_ =
      (auth::init_crypto(), Keys{auth::make_token_secret(auth::KeyId(1)), auth::make_credential_key(auth::KeyId(1))});
  auth::Authenticator authenticator_{
      {.token = {auth::public_half(keys_.token)}, .ticket = {auth::make_ticket_key(auth::KeyId(1))}}};
  auth::RevokedDevices revoked_;
  Context context_{Config{.registration = ports::Admission::Open, .attempts_burst = 1000},
                   keys_,
                   calls_,
                   authenticator_,
                   revoked_,
                   [this] { return now_; }};
  Registration registration_{context_};
  Logins logins_{context_};
  std::vector<DeviceId> closed_;
  Grant grant_;
};

TEST_F(LoginsTest, AGrantsTokenIsTheDevices) {
  const auto claims = authenticator_.verify(grant_.access_token, now_.wall);
  ASSERT_TRUE(claims.has_value());
  EXPECT_EQ(claims->user, grant_.user);
  EXPECT_EQ(claims->device, grant_.device);
  EXPECT_EQ(claims->expires, now_.wall + 10min);
}

TEST_F(LoginsTest, AnUnknownNameCostsAsManyHashesAsAWrongPassword) {
  EXPECT_EQ(hashes_of_login("ada", "eight ch"), 1u);
  EXPECT_EQ(hashes_of_login("ada", "not this"), 1u);
  EXPECT_EQ(hashes_of_login("nobody", "not this"), 1u);
  EXPECT_EQ(hashes_of_login("not a handle!", "not this"), 1u);
}

TEST_F(LoginsTest, AnUnknownNameIsRefusedAndThrottledLikeAWrongPassword) {
  const auto story = [this](const std::string& handle) {
    std::vector<std::tuple<Why, std::string, std::uint32_t>> refusals;
    for (int i = 0; i < 6; ++i) {
      const auto refused = login(handle, "not this", kAbroad);
      refusals.emplace_back(refused.error().why, refused.error().message, refused.error().retry_after_ms);
      if (refused.error().why == Why::Throttled) now_.at += std::chrono::milliseconds(refused.error().retry_after_ms);
    }
    return refusals;
  };
  const auto wrong = story("ada");
  EXPECT_EQ(wrong, story("nobody"));
  EXPECT_EQ(std::get<0>(wrong[3]), Why::Throttled);
}

TEST_F(LoginsTest, ATokenIsExchangedAndARepeatGetsTheSameSuccessor) {
  const auto next = logins_.refresh(grant_.refresh_token, kHome);
  ASSERT_TRUE(next.has_value());
  now_.wall += 59s;
  EXPECT_EQ(logins_.refresh(grant_.refresh_token, kHome)->refresh_token, next->refresh_token);
  EXPECT_TRUE(logins_.refresh(next->refresh_token, kHome).has_value());
}

TEST_F(LoginsTest, AnAnswerThatWasLostLocksNobodyOutHoweverLate) {
  ASSERT_TRUE(logins_.refresh(grant_.refresh_token, kHome).has_value());
  now_.wall += 24h * 30;
  const auto again = logins_.refresh(grant_.refresh_token, kHome);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(logins_.refresh(again->refresh_token, kHome).has_value());
}

TEST_F(LoginsTest, ATokenOfWhichTheSuccessorWasUsedEndsTheDevice) {
  const auto second = logins_.refresh(grant_.refresh_token, kHome);
  const auto third = logins_.refresh(second->refresh_token, kHome);
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(why(logins_.refresh(grant_.refresh_token, kAbroad)), Why::Unauthorized);
  EXPECT_EQ(closed_, std::vector{grant_.device});
  EXPECT_TRUE(revoked_.contains(grant_.device));
  EXPECT_EQ(why(logins_.refresh(third->refresh_token, kHome)), Why::Unauthorized);
}

TEST_F(LoginsTest, WhoUsesTheSuccessorOfAThiefIsFoundOut) {
  // The client has its answer; a thief of the old token comes within the time of repeats over, and gets another successor.
  const auto clients = logins_.refresh(grant_.refresh_token, kHome);
  now_.wall += 61s;
  ASSERT_TRUE(logins_.refresh(grant_.refresh_token, kAbroad).has_value());
  EXPECT_EQ(why(logins_.refresh(clients->refresh_token, kHome)), Why::Unauthorized);
  EXPECT_TRUE(revoked_.contains(grant_.device));
}

TEST_F(LoginsTest, ADeviceTooManyEndsTheOneSeenLongestAgo) {
  for (std::uint32_t i = 0; i < limits::kDevicesMax - 1; ++i) {
    now_.wall += 1s;
    ASSERT_TRUE(login("ada", "eight ch").has_value());
  }
  EXPECT_TRUE(closed_.empty());
  now_.wall += 1s;
  ASSERT_TRUE(login("ada", "eight ch").has_value());
  EXPECT_EQ(closed_, std::vector{grant_.device});
}

}  // namespace
}  // namespace starling::accounts
