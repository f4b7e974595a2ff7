#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/ws/byte_stream.h"

namespace starling::ws::testing {
namespace {

const std::string kMax(64 * 1024, 'm');

std::string header_only(std::uint64_t declared) { return bytes_of({.declared = declared}); }

TEST(WsLimits, AMessageOfTheLimitIsTakenAndOneByteMoreIsRefused) {
  EXPECT_EQ(std::vector{message(kMax)}, parse(binary(kMax)));
  EXPECT_EQ(std::vector{error(Violation::MessageTooBig)}, parse(binary(kMax + "x")));
}

TEST(WsLimits, AHigherLimitHoldsFromTheNextMessageOn) {
  Parser parser(Role::Server, {.message_bytes_max = 100});
  std::string bytes = binary(std::string(100, 'x')) + binary(std::string(101, 'x'));
  std::span<std::byte> input = std::as_writable_bytes(std::span(bytes));
  EXPECT_EQ(parser.next(input).kind, Item::Kind::Message);
  parser.allow_messages_of(101);
  EXPECT_EQ(parser.next(input).kind, Item::Kind::Message);
  bytes = binary(std::string(102, 'x'));
  input = std::as_writable_bytes(std::span(bytes));
  EXPECT_EQ(parser.next(input).violation, Violation::MessageTooBig);
}

TEST(WsLimits, TheLimitHoldsForTheSumOfTheFragments) {
  const std::string half = kMax.substr(0, 32 * 1024);
  EXPECT_EQ(std::vector{message(kMax)}, parse(first(half) + last(half)));
  EXPECT_EQ(std::vector{error(Violation::MessageTooBig)}, parse(first(half) + last(half + "x")));
  EXPECT_EQ(std::vector{error(Violation::MessageTooBig)}, parse(first(kMax) + middle("x")));
  EXPECT_EQ(std::vector{message(kMax)}, parse(first(kMax) + middle("") + last("")));
}

TEST(WsLimits, ADeclaredLengthIsRefusedBeforeAnyByteOfThePayload) {
  for (const std::uint64_t declared :
       {std::uint64_t{65537}, std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1, ~std::uint64_t{0} >> 1}) {
    // Without the mask key: the length alone decides.
    std::string bytes = header_only(declared);
    bytes.resize(bytes.size() - 4);
    EXPECT_EQ(std::vector{error(Violation::MessageTooBig)}, parse(bytes)) << declared;
  }
}

TEST(WsLimits, ALengthThatWouldWrapTheSumIsRefused) {
  // 10 bytes have come; 10 + (2^63 - 1) and any smaller sum must not pass for a small number.
  for (const std::uint64_t declared : {(std::uint64_t{1} << 32) - 10, ~std::uint64_t{0} >> 1}) {
    const std::string bytes = first("0123456789") + bytes_of({.opcode = 0, .declared = declared});
    EXPECT_EQ(std::vector{error(Violation::MessageTooBig)}, parse(bytes)) << declared;
  }
}

TEST(WsLimits, FramesOfAMessageAreCountedUpToTheLimit) {
  std::string in_32 = first("a");
  for (int i = 0; i < 30; ++i) in_32 += middle("b");
  EXPECT_EQ(std::vector{message("a" + std::string(30, 'b') + "c")}, parse(in_32 + last("c")));
  EXPECT_EQ(std::vector{error(Violation::TooManyFrames)}, parse(in_32 + middle("b") + last("c")));
}

TEST(WsLimits, ControlFramesAreNotCountedAsFramesOfTheMessage) {
  std::string bytes = first("a");
  std::vector<Seen> expected;
  for (int i = 0; i < 100; ++i) {
    bytes += ping();
    expected.push_back(ping_seen());
  }
  expected.push_back(message("ab"));
  EXPECT_EQ(expected, parse(bytes + last("b")));
}

TEST(WsLimits, AControlFrameMayBeLongerThanMessagesMay) {
  const Limits limits{.message_bytes_max = 0, .frames_per_message_max = 1};
  EXPECT_EQ((std::vector{ping_seen(std::string(125, 'p')), message("")}),
            parse(ping(std::string(125, 'p')) + binary(""), Role::Server, limits));
  EXPECT_EQ(std::vector{error(Violation::MessageTooBig)}, parse(binary("x"), Role::Server, limits));
}

TEST(WsLimits, AParserHoldsNoMemoryUnlessAMessageIsPartial) {
  Parser parser(Role::Server);
  std::vector<Seen> seen;
  feed(parser, binary(kMax), seen);
  EXPECT_EQ(0u, parser.heap_bytes());
  EXPECT_FALSE(parser.partial());
  const std::string bytes = binary("0123456789");
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    feed(parser, bytes.substr(i, 1), seen);
    EXPECT_TRUE(parser.partial()) << i;
    EXPECT_GT(parser.heap_bytes(), 0u);
  }
  feed(parser, bytes.substr(bytes.size() - 1), seen);
  EXPECT_FALSE(parser.partial());
  EXPECT_EQ(0u, parser.heap_bytes());
  EXPECT_EQ(2u, seen.size());
}

TEST(WsLimits, AnOpenFragmentedMessageIsPartialBetweenItsFrames) {
  Parser parser(Role::Server);
  std::vector<Seen> seen;
  feed(parser, first("a"), seen);
  EXPECT_TRUE(parser.partial());
  feed(parser, ping("still there"), seen);
  EXPECT_TRUE(parser.partial());
  feed(parser, last("b"), seen);
  EXPECT_FALSE(parser.partial());
}

TEST(WsLimits, ADeclarationCostsNoMemory) {
  Parser parser(Role::Server);
  std::vector<Seen> seen;
  feed(parser, header_only(64 * 1024) + "ab", seen);
  EXPECT_LT(parser.heap_bytes(), 1024u);
}

TEST(WsLimits, APartialMessageHoldsNoMoreThanTheLimitAndAFewHundredBytes) {
  Parser parser(Role::Server);
  std::vector<Seen> seen;
  const std::string bytes = binary(kMax);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 777) {
    feed(parser, std::string_view(bytes).substr(i, std::min<std::size_t>(777, bytes.size() - 1 - i)), seen);
    ASSERT_LE(parser.heap_bytes(), kMax.size() + 512);
  }
  EXPECT_TRUE(seen.empty());
}

TEST(WsLimits, AfterAViolationNothingIsHeldAndNothingIsRead) {
  Parser parser(Role::Server);
  std::vector<Seen> seen;
  feed(parser, first("abc"), seen);
  feed(parser, binary("new"), seen);
  EXPECT_EQ(std::vector{error(Violation::InterruptedMessage)}, seen);
  EXPECT_TRUE(parser.finished());
  EXPECT_FALSE(parser.partial());
  EXPECT_EQ(0u, parser.heap_bytes());
  feed(parser, binary("more"), seen);
  EXPECT_EQ(1u, seen.size());
}

TEST(WsLimits, AWholeMessageIsYieldedFromTheCallersBuffer) {
  std::string bytes = binary("payload") + binary("second");
  std::vector<std::byte> buffer(bytes.size());
  std::ranges::transform(bytes, buffer.begin(), [](char c) { return static_cast<std::byte>(c); });
  Parser parser(Role::Server);
  std::span<std::byte> input(buffer);
  const Item item = parser.next(input);
  EXPECT_EQ(buffer.data() + 6, item.payload.data());
  EXPECT_EQ(7u, item.payload.size());
  EXPECT_EQ(buffer.data() + 13, input.data());
}

}  // namespace
}  // namespace starling::ws::testing
