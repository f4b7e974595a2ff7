// However a stream is cut, its items are the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/rng.h"
#include "tests/unit/ws/byte_stream.h"

namespace starling::ws::testing {
namespace {

std::string payload_of(Rng& rng) {
  constexpr std::size_t kSizes[] = {0, 1, 2, 7, 8, 9, 31, 32, 33, 124, 125, 126, 127, 300};
  std::string payload(kSizes[rng.below(std::size(kSizes))], '\0');
  for (char& c : payload) c = static_cast<char>(rng.chance(1, 8) ? rng.below(256) : 'a' + rng.below(26));
  return payload;
}

/// Mostly right, now and then wrong in any field.
std::string random_stream(Rng& rng, bool masked) {
  std::string bytes;
  bool open = false;
  const auto frames = 1 + rng.below(12);
  for (std::uint64_t i = 0; i < frames; ++i) {
    RawFrame frame{.payload = payload_of(rng), .masked = masked, .key = static_cast<std::uint32_t>(rng.next())};
    if (rng.chance(1, 3)) {
      frame.opcode = 9 + static_cast<unsigned>(rng.below(2));
      frame.payload.resize(std::min<std::size_t>(frame.payload.size(), 125));
    } else {
      frame.opcode = open ? 0 : 1 + static_cast<unsigned>(rng.below(2));
      frame.fin = rng.chance(1, 2);
      open = !frame.fin;
    }
    if (rng.chance(1, 40)) frame.opcode = static_cast<unsigned>(rng.below(16));
    if (rng.chance(1, 60)) frame.reserved = static_cast<unsigned>(rng.below(8));
    if (rng.chance(1, 60)) frame.masked = !frame.masked;
    if (rng.chance(1, 60)) frame.length_bytes = 8;
    if (rng.chance(1, 60)) frame.declared = rng.next() >> rng.below(64);
    bytes += bytes_of(frame);
  }
  if (rng.chance(1, 3)) bytes += close(static_cast<unsigned>(990 + rng.below(30)), payload_of(rng).substr(0, 100));
  return bytes;
}

class Chunking : public ::testing::TestWithParam<Role> {};

TEST_P(Chunking, RandomStreamsYieldTheSameItemsHoweverTheyAreCut) {
  const Limits limits{.message_bytes_max = 500, .frames_per_message_max = 6, .allow_text = true};
  std::size_t messages = 0;
  std::size_t errors = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Rng rng(seed);
    const std::string bytes = random_stream(rng, GetParam() == Role::Server);
    const auto whole = parse(bytes, GetParam(), limits);
    for (const std::size_t most : {1, 3, 16, 200}) {
      const auto pieces = parse_in_pieces(
          bytes, [&](std::size_t left) { return std::min<std::size_t>(left, 1 + rng.below(most)); }, GetParam(),
          limits);
      ASSERT_EQ(whole, pieces) << "seed " << seed << ", pieces of at most " << most;
    }
    for (const Seen& seen : whole) {
      messages += seen.kind == Item::Kind::Message ? 1 : 0;
      errors += seen.kind == Item::Kind::Error ? 1 : 0;
    }
  }
  // Otherwise the streams are not what this test is about.
  EXPECT_GT(messages, 1500u);
  EXPECT_GT(errors, 500u);
}

TEST_P(Chunking, EverySplitIntoThreeYieldsTheSameItems) {
  const bool masked = GetParam() == Role::Server;
  const std::string bytes = bytes_of({.payload = std::string(130, 'x'), .masked = masked}) +
                            bytes_of({.payload = "ab", .fin = false, .masked = masked}) +
                            bytes_of({.opcode = 9, .payload = "ping", .masked = masked}) +
                            bytes_of({.opcode = 0, .payload = "cd", .masked = masked}) +
                            bytes_of({.opcode = 8, .payload = "\x03\xE8 bye", .masked = masked});
  const auto whole = parse(bytes, GetParam());
  ASSERT_EQ(4u, whole.size());
  for (std::size_t a = 1; a + 1 < bytes.size(); ++a) {
    for (std::size_t b = 1; a + b < bytes.size(); ++b) {
      int piece = 0;
      const auto seen = parse_in_pieces(
          bytes,
          [&](std::size_t left) {
            ++piece;
            return piece == 1 ? a : piece == 2 ? b : left;
          },
          GetParam());
      ASSERT_EQ(whole, seen) << a << " " << b;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(BothRoles, Chunking, ::testing::Values(Role::Server, Role::Client),
                         [](const auto& param) { return param.param == Role::Server ? "Server" : "Client"; });

}  // namespace
}  // namespace starling::ws::testing
