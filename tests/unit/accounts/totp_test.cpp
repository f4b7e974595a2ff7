#include "server/accounts/totp.h"

#include <gtest/gtest.h>

#include <string>

#include "server/accounts/secrets.h"

namespace starling::accounts {
namespace {

const std::string kText = "12345678901234567890";  // RFC 6238, appendix B
std::span<const unsigned char> seed() { return {reinterpret_cast<const unsigned char*>(kText.data()), kText.size()}; }
WallTime at_s(std::int64_t s) { return wall_from_ms(s * 1000); }

TEST(Totp, GivesTheVectorsOfTheRfc) {
  const std::pair<std::int64_t, const char*> vectors[] = {{59, "94287082"},         {1111111109, "07081804"},
                                                          {1111111111, "14050471"}, {1234567890, "89005924"},
                                                          {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(totp::code_of(seed(), totp::step_at(at_s(seconds)), 8), code) << seconds;
  }
}

TEST(Totp, TakesTheNeighboursOfThePresentStepAndNoOther) {
  const std::uint64_t present = 1'000'000;
  const WallTime now = at_s(static_cast<std::int64_t>(present) * 30 + 7);
  for (std::uint64_t step = present - 3; step <= present + 3; ++step) {
    const bool near = step + 1 >= present && step <= present + 1;
    EXPECT_EQ(totp::match(seed(), totp::code_of(seed(), step), now, 0).has_value(), near) << step;
  }
  EXPECT_FALSE(totp::match(seed(), "", now, 0));
  EXPECT_FALSE(totp::match(seed(), "1234567", now, 0));
}

TEST(Totp, ACodeIsWorthNothingOnceItsStepOrALaterOneWasUsed) {
  const WallTime now = at_s(30'000'000);
  const std::uint64_t step = totp::step_at(now);
  const std::string code = totp::code_of(seed(), step);
  EXPECT_EQ(totp::match(seed(), code, now, step - 1), step);
  EXPECT_FALSE(totp::match(seed(), code, now, step));
  EXPECT_FALSE(totp::match(seed(), code, now, step + 1));
}

TEST(Totp, TheUriCarriesTheSecretInBase32) {
  EXPECT_EQ(base32(seed()), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(
      totp::uri("GEZDG", "ada", "chat.example.org:443"),
      "otpauth://totp/chat.example.org%3A443:ada?secret=GEZDG&issuer=chat.example.org%3A443&algorithm=SHA1&digits=6&"
      "period=30");
}

}  // namespace
}  // namespace starling::accounts
