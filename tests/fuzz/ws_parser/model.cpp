#include "tests/fuzz/ws_parser/model.h"

#include <optional>
#include <string>

namespace starling::fuzz {
namespace {

using ws::CloseCode;
using ws::Item;
using ws::Violation;
using ws::testing::Seen;

unsigned at(std::string_view s, std::size_t i) { return static_cast<unsigned char>(s[i]); }

/// How many bytes the character that `s` begins with has; none when no character begins so. Cut ones count when
/// `may_be_cut` and what is there can still become one.
std::optional<std::size_t> character(std::string_view s, bool may_be_cut) {
  const unsigned lead = at(s, 0);
  const std::size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  if (size == 0 || (size > s.size() && !may_be_cut)) return std::nullopt;
  // The least and the greatest code point that the bytes which are there allow.
  std::uint32_t least = size == 1 ? lead : lead & (0x7Fu >> size);
  std::uint32_t greatest = least;
  for (std::size_t i = 1; i < size; ++i) {
    if (i < s.size() && at(s, i) >> 6 != 2) return std::nullopt;
    least = least << 6 | (i < s.size() ? at(s, i) & 0x3F : 0);
    greatest = greatest << 6 | (i < s.size() ? at(s, i) & 0x3F : 0x3F);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (greatest < kLeast[size] || least > 0x10FFFF || (least >= 0xD800 && greatest <= 0xDFFF)) return std::nullopt;
  return size;
}

bool is_text(std::string_view s, bool may_be_cut) {
  while (!s.empty()) {
    const auto size = character(s, may_be_cut);
    if (!size) return false;
    s.remove_prefix(std::min(*size, s.size()));
  }
  return true;
}

/// Of a first byte, in the order in which its bits are judged.
Violation judge(unsigned first, bool in_message, std::uint32_t frames, const ws::Limits& limits) {
  const bool fin = first >= 0x80;
  const unsigned opcode = first % 16;
  if (first / 16 % 8 != 0) return Violation::ReservedBits;
  if ((opcode > 2 && opcode < 8) || opcode > 10) return Violation::ReservedOpcode;
  if (opcode >= 8) return fin ? Violation::None : Violation::FragmentedControl;
  if (opcode == 0 && !in_message) return Violation::StrayContinuation;
  if (opcode != 0 && in_message) return Violation::InterruptedMessage;
  if (opcode == 1 && !limits.allow_text) return Violation::TextRefused;
  return frames >= limits.frames_per_message_max ? Violation::TooManyFrames : Violation::None;
}

bool may_close_with(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

Seen close_of(const std::string& payload) {
  if (payload.empty()) return {Item::Kind::Close, "", false, CloseCode::NoStatus};
  if (payload.size() == 1) return ws::testing::error(Violation::BadClosePayload);
  const unsigned code = at(payload, 0) * 256 + at(payload, 1);
  if (!may_close_with(code)) return ws::testing::error(Violation::BadCloseCode);
  if (!is_text(payload.substr(2), false)) return ws::testing::error(Violation::InvalidUtf8);
  return {Item::Kind::Close, payload, false, static_cast<CloseCode>(code)};
}

}  // namespace

std::vector<Seen> items_of(std::string_view stream, ws::Role role, const ws::Limits& limits) {
  std::vector<Seen> seen;
  const auto refuse = [&](Violation violation) {
    seen.push_back(ws::testing::error(violation));
    return seen;
  };
  std::string message;
  bool in_message = false;
  bool text = false;
  std::uint32_t frames = 0;
  while (!stream.empty()) {
    const unsigned first = at(stream, 0);
    const unsigned opcode = first % 16;
    const bool control = opcode >= 8;
    if (const Violation v = judge(first, in_message, frames, limits); v != Violation::None) return refuse(v);
    if (stream.size() < 2) return seen;
    const unsigned second = at(stream, 1);
    const bool masked = second >= 0x80;
    if (masked && role == ws::Role::Client) return refuse(Violation::Masked);
    if (!masked && role == ws::Role::Server) return refuse(Violation::NotMasked);
    std::uint64_t length = second % 128;
    if (control && length > 125) return refuse(Violation::ControlTooLong);
    const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (stream.size() < 2 + extended) return seen;
    if (extended > 0) {
      length = 0;
      for (std::size_t i = 0; i < extended; ++i) length = length * 256 + at(stream, 2 + i);
      if (length < 126 || (extended == 8 && length < 65536)) return refuse(Violation::LengthNotMinimal);
      if (length >= std::uint64_t{1} << 63) return refuse(Violation::LengthOutOfRange);
    }
    if (!control && length > limits.message_bytes_max - message.size()) return refuse(Violation::MessageTooBig);
    const std::size_t header = 2 + extended + (masked ? 4 : 0);
    if (stream.size() < header) return seen;

    std::string payload(stream.substr(header, static_cast<std::size_t>(length)));
    for (std::size_t i = 0; masked && i < payload.size(); ++i) payload[i] ^= stream[header - 4 + i % 4];
    const bool whole = payload.size() == length;
    stream.remove_prefix(header + payload.size());
    if (control) {
      if (!whole) return seen;
      seen.push_back(opcode == 8   ? close_of(payload)
                     : opcode == 9 ? ws::testing::ping_seen(payload)
                                   : ws::testing::pong_seen(payload));
      if (opcode == 8) return seen;
      continue;
    }
    if (!in_message) text = opcode == 1;
    in_message = true;
    ++frames;
    message += payload;
    const bool ended = whole && first >= 0x80;
    if (text && !is_text(message, !ended)) return refuse(Violation::InvalidUtf8);
    if (!ended) continue;
    seen.push_back(text ? ws::testing::text_message(message) : ws::testing::message(message));
    message.clear();
    in_message = false;
    frames = 0;
  }
  return seen;
}

}  // namespace starling::fuzz
