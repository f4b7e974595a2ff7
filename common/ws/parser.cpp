#include "common/ws/parser.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "common/base/assert.h"
#include "common/base/mutant.h"
#include "common/ws/utf8.h"

namespace starling::ws {

/// A frame, a message, or both, of which the end has not come.
struct Parser::Partial {
  std::vector<std::byte> message;  // what came of it, unmasked
  FrameHeader frame;
  std::uint64_t frame_bytes = 0;  // of its payload, so far
  std::uint32_t frames = 0;       // of the message, so far
  Utf8Validator utf8;
  bool in_frame = false;
  bool in_message = false;
  bool text = false;
  std::uint8_t header_bytes = 0;
  std::array<std::byte, kHeaderMax> header;
  std::array<std::byte, kControlPayloadMax> control;

  /// Only what was yielded is still here.
  bool spent() const { return !in_frame && !in_message && header_bytes == 0; }
};

Parser::Parser(Role role, const Limits& limits) : limits_(limits), role_(role) {}
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;
Parser::~Parser() = default;

bool Parser::partial() const { return partial_ != nullptr && !finished_ && !partial_->spent(); }

std::size_t Parser::heap_bytes() const {
  return partial_ == nullptr ? 0 : sizeof(Partial) + partial_->message.capacity();
}

Item Parser::next(std::span<std::byte>& input) {
  if (finished_) {
    partial_.reset();
    input = {};
    return {};
  }
  if (partial_ != nullptr && partial_->spent()) partial_.reset();
  return partial_ == nullptr ? next_in_place(input) : next_copied(input);
}

Item Parser::next_in_place(std::span<std::byte>& input) {
  if (input.empty()) return {};
  const FrameRules rules{.from_client = role_ == Role::Server,
                         .in_message = false,
                         .allow_text = limits_.allow_text,
                         .payload_max = limits_.message_bytes_max,
                         .frames_max = limits_.frames_per_message_max};
  FrameHeader frame;
  const HeaderResult read = read_frame_header(input, rules, frame);
  if (read.violation != Violation::None) return refuse(read.violation);
  const bool whole = read.size > 0 && frame.payload_bytes <= input.size() - read.size;
  if (!whole || !frame.final) {
    partial_ = std::make_unique<Partial>();
    return next_copied(input);
  }
  const auto payload = input.subspan(read.size, static_cast<std::size_t>(frame.payload_bytes));
  input = input.subspan(read.size + payload.size());
  if (role_ == Role::Server) apply_mask(payload, frame.key);
  if (frame.opcode == Opcode::Text && !is_utf8(payload)) return refuse(Violation::InvalidUtf8);
  return complete(frame.opcode, payload);
}

Item Parser::next_copied(std::span<std::byte>& input) {
  Partial& p = *partial_;
  Item error;
  while (true) {
    if (!p.in_frame && !collect_header(input, error)) return error;
    if (!collect_payload(input, error)) return error;
    p.in_frame = false;
    if (is_control(p.frame.opcode)) return complete(p.frame.opcode, std::span(p.control).first(p.frame_bytes));
    if (!p.frame.final) continue;
    if (p.text && !p.utf8.complete()) return refuse(Violation::InvalidUtf8);
    p.in_message = false;
    return complete(p.text ? Opcode::Text : Opcode::Binary, p.message);
  }
}

bool Parser::collect_header(std::span<std::byte>& input, Item& error) {
  Partial& p = *partial_;
  const std::size_t taken = std::min(input.size(), kHeaderMax - p.header_bytes);
  std::copy_n(input.begin(), taken, p.header.begin() + p.header_bytes);
  const FrameRules rules{.from_client = role_ == Role::Server,
                         .in_message = p.in_message,
                         .allow_text = limits_.allow_text,
                         .payload_max = limits_.message_bytes_max - p.message.size(),
                         .frames_max = limits_.frames_per_message_max - p.frames};
  const HeaderResult read = read_frame_header(std::span(p.header).first(p.header_bytes + taken), rules, p.frame);
  if (read.violation != Violation::None) {
    error = refuse(read.violation);
    return false;
  }
  if (read.size == 0) {
    input = input.subspan(taken);
    STARLING_ASSERT(input.empty());  // no header is longer than kHeaderMax
    p.header_bytes = static_cast<std::uint8_t>(p.header_bytes + taken);
    return false;
  }
  input = input.subspan(read.size - p.header_bytes);
  p.header_bytes = 0;
  p.frame_bytes = 0;
  p.in_frame = true;
  if (is_control(p.frame.opcode)) return true;
  if (!p.in_message) p.text = p.frame.opcode == Opcode::Text;
  p.in_message = true;
  ++p.frames;
  return true;
}

bool Parser::collect_payload(std::span<std::byte>& input, Item& error) {
  Partial& p = *partial_;
  const auto taken =
      static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), p.frame.payload_bytes - p.frame_bytes));
  const auto bytes = input.first(taken);
  input = input.subspan(taken);
  if (role_ == Role::Server) {
    apply_mask(bytes, p.frame.key, mutant(Mutant::WsMaskOffset) ? 0 : static_cast<std::size_t>(p.frame_bytes));
  }
  if (is_control(p.frame.opcode)) {
    std::copy(bytes.begin(), bytes.end(), p.control.begin() + static_cast<std::ptrdiff_t>(p.frame_bytes));
  } else {
    if (p.text && !p.utf8.feed(bytes)) {
      error = refuse(Violation::InvalidUtf8);
      return false;
    }
    const std::size_t needed = p.message.size() + taken;
    STARLING_ASSERT(needed <= limits_.message_bytes_max);
    // By what has come, not by what was declared: a declaration costs the peer nothing.
    if (needed > p.message.capacity()) {
      p.message.reserve(std::min<std::size_t>(std::max(needed, 2 * p.message.capacity()), limits_.message_bytes_max));
    }
    p.message.insert(p.message.end(), bytes.begin(), bytes.end());
  }
  p.frame_bytes += taken;
  return p.frame_bytes == p.frame.payload_bytes;
}

Item Parser::complete(Opcode opcode, std::span<const std::byte> payload) {
  switch (opcode) {
    case Opcode::Ping:
      return {.kind = Item::Kind::Ping, .payload = payload};
    case Opcode::Pong:
      return {.kind = Item::Kind::Pong, .payload = payload};
    case Opcode::Close:
      return close(payload);
    case Opcode::Text:
    case Opcode::Binary:
    case Opcode::Continuation:
      break;
  }
  return {.kind = Item::Kind::Message, .text = opcode == Opcode::Text, .payload = payload};
}

Item Parser::close(std::span<const std::byte> payload) {
  if (payload.size() == 1) return refuse(Violation::BadClosePayload);
  auto code = CloseCode::NoStatus;
  if (payload.size() >= 2) {
    code = static_cast<CloseCode>(std::to_integer<unsigned>(payload[0]) << 8 | std::to_integer<unsigned>(payload[1]));
    if (!is_sendable(code)) return refuse(Violation::BadCloseCode);
    if (!is_utf8(payload.subspan(2))) return refuse(Violation::InvalidUtf8);
  }
  finished_ = true;
  return {.kind = Item::Kind::Close, .close_code = code, .payload = payload};
}

Item Parser::refuse(Violation violation) {
  finished_ = true;
  partial_.reset();
  return {.kind = Item::Kind::Error, .violation = violation, .close_code = close_code_of(violation)};
}

}  // namespace starling::ws
