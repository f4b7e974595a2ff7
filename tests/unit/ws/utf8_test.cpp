#include "common/ws/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace starling::ws {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

/// By the definition: decode, then ask for the shortest form and the ranges.
bool is_utf8_by_definition(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (size == 0 || i + size > text.size()) return false;
    std::uint32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
    for (std::size_t k = 1; k < size; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 0x3Fu);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[size] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += size;
  }
  return true;
}

TEST(WsUtf8, EveryPairOfBytesAndEveryRestrictedTripleIsJudgedAsByTheDefinition) {
  std::string text;
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      text = {static_cast<char>(a), static_cast<char>(b)};
      ASSERT_EQ(is_utf8_by_definition(text), is_utf8(bytes(text))) << a << " " << b;
      for (const std::string tail : {"\x80", "\xBF", "\x7F", "\xC0", "\x80\x80", "\xBF\xBF", "\xBFz"}) {
        text = std::string{static_cast<char>(a), static_cast<char>(b)} + tail;
        ASSERT_EQ(is_utf8_by_definition(text), is_utf8(bytes(text))) << a << " " << b;
        text = "eight by" + text;  // behind the word-wise prefix
        ASSERT_EQ(is_utf8_by_definition(text), is_utf8(bytes(text))) << a << " " << b;
      }
    }
  }
}

TEST(WsUtf8, PiecesAreJudgedAsTheWhole) {
  const std::string text = "ascii \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x90\xA6 and more ascii text \xF4\x8F\xBF\xBF";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Utf8Validator validator;
    ASSERT_TRUE(validator.feed(bytes(text).first(cut)));
    ASSERT_EQ(is_utf8_by_definition(text.substr(0, cut)), validator.complete()) << cut;
    ASSERT_TRUE(validator.feed(bytes(text).subspan(cut)));
    ASSERT_TRUE(validator.complete());
  }
}

TEST(WsUtf8, TheFirstByteThatCannotBeIsRefusedAtOnce) {
  for (const std::string_view text : {"\xED\xA0", "\xF4\x90", "\xE0\x9F", "\xF0\x8F", "\xC1", "\xF5", "\xC3("}) {
    Utf8Validator validator;
    EXPECT_TRUE(validator.feed(bytes(text).first(text.size() - 1)));
    EXPECT_FALSE(validator.feed(bytes(text).last(1)));
  }
}

TEST(WsUtf8, APrefixCutsNoCharacter) {
  const std::string text = "a\xF0\x9F\x90\xA6z";
  EXPECT_EQ(6u, utf8_prefix(bytes(text), 6));
  EXPECT_EQ(5u, utf8_prefix(bytes(text), 5));
  for (std::size_t most = 1; most < 5; ++most) EXPECT_EQ(1u, utf8_prefix(bytes(text), most)) << most;
  EXPECT_EQ(0u, utf8_prefix(bytes(text), 0));
}

}  // namespace
}  // namespace starling::ws
