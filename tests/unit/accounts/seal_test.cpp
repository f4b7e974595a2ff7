#include "server/accounts/seal.h"

#include <gtest/gtest.h>

#include "server/auth/keys.h"

namespace starling::accounts {
namespace {

TEST(Seal, OpensWithItsKeyAndContextOnly) {
  auth::init_crypto();
  const SealKey key{1};
  const std::string sealed = seal(key, "a seed", "ada");
  EXPECT_EQ(open_seal(key, sealed, "ada"), "a seed");
  EXPECT_FALSE(open_seal(key, sealed, "bob"));
  EXPECT_FALSE(open_seal(SealKey{2}, sealed, "ada"));
  EXPECT_NE(seal(key, "a seed", "ada"), sealed);
}

TEST(Seal, IsBrokenByEachBitAndByEachMissingByte) {
  auth::init_crypto();
  const SealKey key{1};
  const std::string sealed = seal(key, "a seed", "ada");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(open_seal(key, altered, "ada")) << i;
    EXPECT_FALSE(open_seal(key, sealed.substr(0, i), "ada")) << i;
  }
}

}  // namespace
}  // namespace starling::accounts
