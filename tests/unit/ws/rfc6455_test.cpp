// One case a rule of RFC 6455, named by its section. Each is fed at once, byte by byte, and cut in two everywhere: the
// items may not differ.
#include <gtest/gtest.h>

#include <utility>

#include "tests/unit/ws/byte_stream.h"

namespace starling::ws::testing {
namespace {

struct Case {
  std::string name;
  std::string bytes;
  std::vector<Seen> expected;
  Role role = Role::Server;
  bool allow_text = false;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Rfc6455 : public ::testing::TestWithParam<Case> {
 protected:
  Limits limits() const { return {.allow_text = GetParam().allow_text}; }
};

TEST_P(Rfc6455, YieldsTheseItems) {
  EXPECT_EQ(GetParam().expected, parse(GetParam().bytes, GetParam().role, limits()));
}

TEST_P(Rfc6455, YieldsThemByteByByte) {
  EXPECT_EQ(GetParam().expected,
            parse_in_pieces(GetParam().bytes, [](std::size_t) { return 1; }, GetParam().role, limits()));
}

TEST_P(Rfc6455, YieldsThemCutInTwoAnywhere) {
  const std::string& bytes = GetParam().bytes;
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    bool first_piece = true;
    const auto seen = parse_in_pieces(
        bytes, [&](std::size_t left) { return std::exchange(first_piece, false) ? cut : left; }, GetParam().role,
        limits());
    ASSERT_EQ(GetParam().expected, seen) << "cut after " << cut;
  }
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

std::string unmasked(unsigned opcode, std::string payload) {
  return bytes_of({.opcode = opcode, .payload = std::move(payload), .masked = false});
}

const std::string k125(125, 'c');
const std::string k126(126, 'd');
const std::string k300(300, 'e');

INSTANTIATE_TEST_SUITE_P(
    Section5_1_Masking, Rfc6455,
    ::testing::Values(Case{"ServerRefusesAnUnmaskedFrame", unmasked(2, "x"), {error(Violation::NotMasked)}},
                      Case{"ServerRefusesAnUnmaskedPing", unmasked(9, ""), {error(Violation::NotMasked)}},
                      Case{"ClientRefusesAMaskedFrame", binary("x"), {error(Violation::Masked)}, Role::Client},
                      Case{"ClientTakesUnmaskedFrames",
                           unmasked(2, "abc") + unmasked(10, ""),
                           {message("abc"), pong_seen()},
                           Role::Client}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Section5_2_Framing, Rfc6455,
    ::testing::Values(
        Case{"EmptyMessage", binary(""), {message("")}}, Case{"SevenBitLength", binary(k125), {message(k125)}},
        Case{"SixteenBitLength", binary(k126), {message(k126)}},
        Case{"MessagesInARow", binary("1") + binary("") + binary("333"), {message("1"), message(""), message("333")}},
        Case{"Reserved1", bytes_of({.reserved = 4}), {error(Violation::ReservedBits)}},
        Case{"Reserved2", bytes_of({.reserved = 2}), {error(Violation::ReservedBits)}},
        Case{"Reserved3", bytes_of({.reserved = 1}), {error(Violation::ReservedBits)}},
        Case{"ReservedInControl", bytes_of({.opcode = 9, .reserved = 4}), {error(Violation::ReservedBits)}},
        Case{"Opcode3", bytes_of({.opcode = 3}), {error(Violation::ReservedOpcode)}},
        Case{"Opcode7", bytes_of({.opcode = 7}), {error(Violation::ReservedOpcode)}},
        Case{"Opcode11", bytes_of({.opcode = 11}), {error(Violation::ReservedOpcode)}},
        Case{"Opcode15", bytes_of({.opcode = 15}), {error(Violation::ReservedOpcode)}},
        Case{"SixteenBitsFor125", bytes_of({.payload = k125, .length_bytes = 2}), {error(Violation::LengthNotMinimal)}},
        Case{"SixtyFourBitsFor126",
             bytes_of({.payload = k126, .length_bytes = 8}),
             {error(Violation::LengthNotMinimal)}},
        Case{"SixtyFourBitsFor65535",
             bytes_of({.length_bytes = 8, .declared = 65535}),
             {error(Violation::LengthNotMinimal)}},
        Case{"FirstBitOfTheLength",
             bytes_of({.length_bytes = 8, .declared = 1ull << 63}),
             {error(Violation::LengthOutOfRange)}},
        Case{"AllBitsOfTheLength",
             bytes_of({.length_bytes = 8, .declared = ~0ull}),
             {error(Violation::LengthOutOfRange)}},
        Case{
            "SixtyThreeBits", bytes_of({.length_bytes = 8, .declared = ~0ull >> 1}), {error(Violation::MessageTooBig)}},
        Case{"ThirtyThreeBits",
             bytes_of({.length_bytes = 8, .declared = (1ull << 32) + 5}),
             {error(Violation::MessageTooBig)}},
        Case{"GoodThenBad",
             binary("good") + bytes_of({.opcode = 5}) + binary("unseen"),
             {message("good"), error(Violation::ReservedOpcode)}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Section5_4_Fragmentation, Rfc6455,
    ::testing::Values(
        Case{"TwoFragments", first("ab") + last("cd"), {message("abcd")}},
        Case{"ThreeFragments", first("ab") + middle("cd") + last("ef"), {message("abcdef")}},
        Case{"EmptyFragments", first("") + middle("") + last(""), {message("")}},
        Case{"OnlyTheMiddleHasBytes", first("") + middle(k300) + last(""), {message(k300)}},
        Case{"PingBetween", first("ab") + ping("p") + last("cd"), {ping_seen("p"), message("abcd")}},
        Case{"PingsEverywhere",
             ping("1") + first("a") + ping("2") + middle("b") + pong("3") + last("c") + ping(k125),
             {ping_seen("1"), ping_seen("2"), pong_seen("3"), message("abc"), ping_seen(k125)}},
        Case{"CloseBetween", first("ab") + close(1000) + last("cd"), {closed(1000)}},
        Case{"TwoFragmentedMessages", first("a") + last("b") + first("c") + last("d"), {message("ab"), message("cd")}},
        Case{"StrayLast", last("x"), {error(Violation::StrayContinuation)}},
        Case{"StrayMiddle", middle("x"), {error(Violation::StrayContinuation)}},
        Case{"StrayAfterAMessage",
             first("a") + last("b") + last("c"),
             {message("ab"), error(Violation::StrayContinuation)}},
        Case{"NewMessageInside", first("a") + binary("b"), {error(Violation::InterruptedMessage)}},
        Case{"NewFirstInside", first("a") + first("b"), {error(Violation::InterruptedMessage)}},
        Case{"TextInsideBinary", first("a") + text("b"), {error(Violation::InterruptedMessage)}, Role::Server, true},
        Case{"ClientTakesFragments",
             bytes_of({.payload = "ab", .fin = false, .masked = false}) + unmasked(0, "cd"),
             {message("abcd")},
             Role::Client}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Section5_5_Control, Rfc6455,
    ::testing::Values(
        Case{"EmptyPing", ping(), {ping_seen()}}, Case{"PingOf125", ping(k125), {ping_seen(k125)}},
        Case{"PingOf126", ping(k126), {error(Violation::ControlTooLong)}},
        Case{"CloseOf126", bytes_of({.opcode = 8, .payload = k126}), {error(Violation::ControlTooLong)}},
        Case{"PongOf65536", bytes_of({.opcode = 10, .declared = 65536}), {error(Violation::ControlTooLong)}},
        Case{"UnaskedPong", pong("x") + binary("y"), {pong_seen("x"), message("y")}},
        Case{"FragmentedPing", bytes_of({.opcode = 9, .fin = false}), {error(Violation::FragmentedControl)}},
        Case{"FragmentedClose", bytes_of({.opcode = 8, .fin = false}), {error(Violation::FragmentedControl)}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Section5_5_1_Close, Rfc6455,
    ::testing::Values(
        Case{"WithoutCode", bytes_of({.opcode = 8}), {Seen{Item::Kind::Close, "", false, CloseCode::NoStatus}}},
        Case{"OneByte", bytes_of({.opcode = 8, .payload = "\x03"}), {error(Violation::BadClosePayload)}},
        Case{"CodeOnly", close(1000), {closed(1000)}},
        Case{"LongestReason", close(1001, std::string(123, 'r')), {closed(1001, std::string(123, 'r'))}},
        Case{"ReasonOutsideAscii",
             close(4001,
                   "Zeit\xC3\xBC"
                   "berschreitung \xE2\x8F\xB0"),
             {closed(4001,
                     "Zeit\xC3\xBC"
                     "berschreitung \xE2\x8F\xB0")}},
        Case{"ReasonIsNotUtf8", close(1000, "\xCE\xBA\xED\xA0\x80"), {error(Violation::InvalidUtf8)}},
        Case{"ReasonEndsInACharacter", close(1000, "a\xE2\x8F"), {error(Violation::InvalidUtf8)}},
        Case{"NothingAfterIsRead", close(1000) + binary("x") + bytes_of({.opcode = 7}), {closed(1000)}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Section5_6_Data, Rfc6455,
    ::testing::Values(
        Case{"TextIsRefused", text("x"), {error(Violation::TextRefused)}},
        Case{"TextIsAllowed", text("x") + binary("\xFF"), {text_message("x"), message("\xFF")}, Role::Server, true},
        Case{"TextInFragments",
             bytes_of({.opcode = 1, .payload = "\xCE", .fin = false}) + middle("") + last("\xBA"),
             {text_message("\xCE\xBA")},
             Role::Server,
             true}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Section8_1_Utf8, Rfc6455,
    ::testing::Values(Case{"Invalid", text("a\xFF"), {error(Violation::InvalidUtf8)}, Role::Server, true},
                      Case{"CutAtTheEnd", text("a\xE2\x8F"), {error(Violation::InvalidUtf8)}, Role::Server, true},
                      Case{"CutAtTheEndOfFragments",
                           bytes_of({.opcode = 1, .payload = "a", .fin = false}) + last("\xE2\x8F"),
                           {error(Violation::InvalidUtf8)},
                           Role::Server,
                           true},
                      Case{"RefusedBeforeTheMessageEnds",
                           bytes_of({.opcode = 1, .payload = "\xED\xA0", .fin = false}) + ping("unseen"),
                           {error(Violation::InvalidUtf8)},
                           Role::Server,
                           true},
                      Case{"StateDoesNotLeakToTheNextMessage",
                           bytes_of({.opcode = 1, .payload = "\xCE", .fin = false}) + last("\xBA") +
                               bytes_of({.opcode = 1, .payload = "b", .fin = false}) + last(""),
                           {text_message("\xCE\xBA"), text_message("b")},
                           Role::Server,
                           true}),
    case_name);

TEST(Rfc6455Section7_4, EachCloseCodeIsTakenOrRefused) {
  for (unsigned code = 0; code <= 0xFFFF; ++code) {
    const bool good =
        (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    const std::vector<Seen> expected{good ? closed(code) : error(Violation::BadCloseCode)};
    ASSERT_EQ(expected, parse(close(code))) << code;
  }
}

TEST(Rfc6455Section7_4, EachViolationHasACodeThatMayBeSent) {
  for (auto v = Violation::ReservedBits; v <= Violation::TooManyFrames;
       v = static_cast<Violation>(static_cast<int>(v) + 1)) {
    EXPECT_TRUE(is_sendable(close_code_of(v)));
    EXPECT_LE(describe(v).size(), kCloseReasonMax);
    EXPECT_NE(describe(v), "unknown violation");
  }
  EXPECT_EQ(CloseCode::UnsupportedData, close_code_of(Violation::TextRefused));
  EXPECT_EQ(CloseCode::InvalidPayload, close_code_of(Violation::InvalidUtf8));
  EXPECT_EQ(CloseCode::MessageTooBig, close_code_of(Violation::MessageTooBig));
  EXPECT_EQ(CloseCode::PolicyViolation, close_code_of(Violation::TooManyFrames));
  EXPECT_EQ(CloseCode::ProtocolError, close_code_of(Violation::NotMasked));
  EXPECT_EQ(CloseCode::None, close_code_of(Violation::None));
}

}  // namespace
}  // namespace starling::ws::testing
