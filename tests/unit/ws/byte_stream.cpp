#include "tests/unit/ws/byte_stream.h"

#include <algorithm>
#include <iomanip>
#include <stdexcept>

namespace starling::ws::testing {
namespace {

std::string big_endian(std::uint64_t value, unsigned size) {
  std::string out(size, '\0');
  for (unsigned i = size; i-- > 0; value >>= 8) out[i] = static_cast<char>(value & 0xFF);
  return out;
}

unsigned shortest(std::uint64_t length) { return length < 126 ? 1 : length < 65536 ? 2 : 8; }

}  // namespace

std::string bytes_of(const RawFrame& frame) {
  const std::uint64_t declared = frame.declared.value_or(frame.payload.size());
  const unsigned length_bytes = frame.length_bytes != 0 ? frame.length_bytes : shortest(declared);
  const unsigned field = length_bytes == 1 ? static_cast<unsigned>(declared) : length_bytes == 2 ? 126 : 127;
  std::string out;
  out += static_cast<char>((frame.fin ? 0x80 : 0) | frame.reserved << 4 | frame.opcode);
  out += static_cast<char>((frame.masked ? 0x80 : 0) | field);
  if (length_bytes > 1) out += big_endian(declared, length_bytes);
  if (!frame.masked) return out + frame.payload;
  const std::string key = big_endian(frame.key, 4);
  out += key;
  for (std::size_t i = 0; i < frame.payload.size(); ++i) out += static_cast<char>(frame.payload[i] ^ key[i % 4]);
  return out;
}

std::string text(std::string_view payload) { return bytes_of({.opcode = 1, .payload = std::string(payload)}); }
std::string binary(std::string_view payload) { return bytes_of({.payload = std::string(payload)}); }
std::string ping(std::string_view payload) { return bytes_of({.opcode = 9, .payload = std::string(payload)}); }
std::string pong(std::string_view payload) { return bytes_of({.opcode = 10, .payload = std::string(payload)}); }
std::string close(unsigned code, std::string_view reason) {
  return bytes_of({.opcode = 8, .payload = big_endian(code, 2).append(reason)});
}
std::string first(std::string_view payload) { return bytes_of({.payload = std::string(payload), .fin = false}); }
std::string middle(std::string_view payload) {
  return bytes_of({.opcode = 0, .payload = std::string(payload), .fin = false});
}
std::string last(std::string_view payload) { return bytes_of({.opcode = 0, .payload = std::string(payload)}); }

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  constexpr const char* kNames[] = {"NeedMore", "Message", "Ping", "Pong", "Close", "Error"};
  out << kNames[static_cast<int>(seen.kind)] << (seen.text ? " text" : "") << " [" << seen.payload.size() << "] "
      << std::quoted(seen.payload.substr(0, 32));
  if (seen.close_code != CloseCode::None) out << " code " << static_cast<int>(seen.close_code);
  if (seen.violation != Violation::None) out << ": " << describe(seen.violation);
  return out;
}

Seen message(std::string_view payload) { return {Item::Kind::Message, std::string(payload)}; }
Seen text_message(std::string_view payload) { return {Item::Kind::Message, std::string(payload), true}; }
Seen ping_seen(std::string_view payload) { return {Item::Kind::Ping, std::string(payload)}; }
Seen pong_seen(std::string_view payload) { return {Item::Kind::Pong, std::string(payload)}; }
Seen closed(unsigned code, std::string_view reason) {
  return {Item::Kind::Close, big_endian(code, 2).append(reason), false, static_cast<CloseCode>(code)};
}
Seen error(Violation violation) { return {Item::Kind::Error, {}, false, close_code_of(violation), violation}; }

void feed(Parser& parser, std::string_view piece, std::vector<Seen>& seen) {
  std::vector<std::byte> buffer(piece.size());
  std::ranges::transform(piece, buffer.begin(), [](char c) { return static_cast<std::byte>(c); });
  std::span<std::byte> input(buffer);
  while (true) {
    const Item item = parser.next(input);
    if (item.kind == Item::Kind::NeedMore) break;
    seen.push_back({item.kind, std::string(reinterpret_cast<const char*>(item.payload.data()), item.payload.size()),
                    item.text, item.close_code, item.violation});
  }
  if (!input.empty()) throw std::logic_error("NeedMore, but there is input left");
  std::ranges::fill(buffer, std::byte{0xDB});
}

std::vector<Seen> parse(std::string_view bytes, Role role, const Limits& limits) {
  return parse_in_pieces(bytes, [](std::size_t left) { return left; }, role, limits);
}

std::vector<Seen> parse_in_pieces(std::string_view bytes, const std::function<std::size_t(std::size_t left)>& next_size,
                                  Role role, const Limits& limits) {
  Parser parser(role, limits);
  std::vector<Seen> seen;
  while (!bytes.empty()) {
    const std::size_t size = next_size(bytes.size());
    feed(parser, bytes.substr(0, size), seen);
    bytes.remove_prefix(size);
  }
  return seen;
}

}  // namespace starling::ws::testing
