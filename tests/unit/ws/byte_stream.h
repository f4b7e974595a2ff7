// Raw frames, right and wrong ones, and what a parser makes of them when they come in pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/ws/parser.h"

namespace starling::ws::testing {

/// Every field can be wrong: this is not the encoder under test.
struct RawFrame {
  unsigned opcode = 2;
  std::string payload = {};
  bool fin = true;
  unsigned reserved = 0;  // 3 bits
  bool masked = true;
  std::uint32_t key = 0x37FA213D;
  unsigned length_bytes = 0;                   // 0: the shortest form; 1, 2, 8
  std::optional<std::uint64_t> declared = {};  // when it is not the payload's size
};

std::string bytes_of(const RawFrame& frame);
std::string text(std::string_view payload);
std::string binary(std::string_view payload);
std::string ping(std::string_view payload = {});
std::string pong(std::string_view payload = {});
std::string close(unsigned code, std::string_view reason = {});
std::string first(std::string_view payload);  // of a binary message
std::string middle(std::string_view payload);
std::string last(std::string_view payload);

/// An item that outlives the buffer.
struct Seen {
  Item::Kind kind{};
  std::string payload = {};
  bool text = false;
  CloseCode close_code = CloseCode::None;
  Violation violation = Violation::None;

  bool operator==(const Seen&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Seen& seen);

Seen message(std::string_view payload);
Seen text_message(std::string_view payload);
Seen ping_seen(std::string_view payload = {});
Seen pong_seen(std::string_view payload = {});
Seen closed(unsigned code, std::string_view reason = {});
Seen error(Violation violation);

/// Feeds a piece in a buffer of its own size, which is overwritten afterwards: who keeps a pointer into it is found.
void feed(Parser& parser, std::string_view piece, std::vector<Seen>& seen);
std::vector<Seen> parse(std::string_view bytes, Role role = Role::Server, const Limits& limits = {});
/// `next_size(left)` says how large the next piece is, 1 to left.
std::vector<Seen> parse_in_pieces(std::string_view bytes, const std::function<std::size_t(std::size_t left)>& next_size,
                                  Role role = Role::Server, const Limits& limits = {});

}  // namespace starling::ws::testing
