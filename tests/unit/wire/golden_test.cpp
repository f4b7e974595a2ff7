// The wire format is kept: clients of an older version still speak it. These bytes never change; a new field is given
// a new number and, in these frames, its default.
#include <gtest/gtest.h>

#include "tests/unit/wire/random_frames.h"

namespace starling::wire {
namespace {

using namespace testing;

constexpr const char* kClientFrames[] = {
    "121308011204746f6bff18ac022206746573742f31",
    "1a2f0a20098877665544332211120f080210f0a20419bbaa00000000000018f1a20420020a0b0905000000000000002001",
    "222e090700000000000000100118810121eeffc000000000002806300339040000000000000040024801520468690021",
    "2a15080911080000000000000018e8072001283230e707",
    "321b0a0b09080000000000000010400a0c090900000000000000108001",
    "3a0d090800000000000000103c1828",
    "4209090800000000000000",
    "4a25090b0000000000000010021a0674c3ae746c65221002000000000000000300000000000000",
    "5214090c000000000000001108000000000000001801",
    "5a19090d0000000000000010031a013822066472c3a4667428ac02",
    "620308ac02",
    "a2011d0908000000000000001210020000000000000003000000000000001801",
    "aa01020801",
};
constexpr const char* kServerFrames[] = {
    "12340801110100000000000000190200000000000000210300000000000000280432067469636b657438fbffffffffffffffff014006",
    "1a30080610011a1409080000000000000010011804220552c3b66f6d1a1409080000000000000010011804220552c3b66f6d",
    "22180807121409080000000000000010011804220552c3b66f6d",
    "2a340a3209080000000000000010021804200328ac0230c8013801420e080310fa01194d00000000000000480650f00158b40160dc0b",
    "324d090800000000000000100318ac02200229010000000000000031020000000000000038054106000000000000004880d095ffbc3150c801"
    "58ab02610a0000000000000068037206656469746564",
    "3a11090800000000000000100318ac0220c801",
    "421d09080000000000000010051807200328ac023080d095ffbc313804400a",
    "4ac1010809110800000000000000180420142803314e000000000000003a4d090800000000000000100318ac02200229010000000000000031"
    "020000000000000038054106000000000000004880d095ffbc3150c80158ab02610a0000000000000068037206656469746564424e09080000"
    "0000000000100318ac02200229010000000000000031020000000000000038054106000000000000004880d095ffbc3150c80158ab02610a00"
    "000000000000680379eda5e7000000000048ad02500258ae02",
    "520d090800000000000000103c1828",
    "5a12090800000000000000110100000000000000",
    "6216090b000000000000001002190800000000000000201e",
    "6a0c0880191205647261696e1805",
    "721608041209736c6f7720646f776e190800000000000000",
    "7a16090c0000000000000011080000000000000018042028",
    "82011a08ac0210ae021801221008041201381a06616c7761797320ae02",
    "8a011e090d0000000000000010021a0f08031201381a056f7468657220ad022032",
    "a201210a1209020000000000000010011880d095ffbc310a0b0903000000000000001003",
    "aa0126090800000000000000120f09020000000000000010ac0218810118ed0122038407032a020001",
};

std::string hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string unhex(std::string_view digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    out += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
  }
  return out;
}

TEST(GoldenBytes, OfEveryClientFrame) {
  const auto frames = sample_client_frames();
  ASSERT_EQ(frames.size(), std::size(kClientFrames));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    ASSERT_EQ(frames[i].index(), i);
    EXPECT_EQ(hex(bytes_of(frames[i])), kClientFrames[i]);
    const std::string golden = unhex(kClientFrames[i]);
    const auto decoded = decode_client(view(golden));
    ASSERT_TRUE(decoded.has_value()) << i;
    EXPECT_EQ(*decoded, frames[i]);
  }
}

TEST(GoldenBytes, OfEveryServerFrame) {
  const auto frames = sample_server_frames();
  ASSERT_EQ(frames.size(), std::size(kServerFrames));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    ASSERT_EQ(frames[i].index(), i);
    EXPECT_EQ(hex(bytes_of(frames[i])), kServerFrames[i]);
    const std::string golden = unhex(kServerFrames[i]);
    const auto decoded = decode_server(view(golden));
    ASSERT_TRUE(decoded.has_value()) << i;
    EXPECT_EQ(*decoded, frames[i]);
  }
}

}  // namespace
}  // namespace starling::wire
