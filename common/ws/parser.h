// Reads one direction of one connection, RFC 6455 sections 5 to 7.
//
// Bytes come in the caller's own read buffer, which many connections may share. A message that lies in it whole is
// unmasked in place and yielded from there; only what ends with the buffer is copied, to memory that exists as long as
// a message is partial. The items are the same however the bytes were cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "common/ws/close_code.h"
#include "common/ws/frame_header.h"
#include "common/ws/limits.h"

namespace starling::ws {

/// Which end of the connection reads.
enum class Role : std::uint8_t {
  Server,  // frames are masked
  Client,  // frames are not
};

struct Item {
  enum class Kind : std::uint8_t {
    NeedMore,  // the input is used up
    Message,   // whole, whatever frames it came in
    Ping,
    Pong,
    Close,  // answer with the same payload; nothing after it is read
    Error,  // close with `close_code`; nothing after it is read
  };

  Kind kind = Kind::NeedMore;
  bool text = false;                       // of a Message
  Violation violation = Violation::None;   // of an Error
  CloseCode close_code = CloseCode::None;  // of a Close (NoStatus when it has none) and of an Error
  std::span<const std::byte> payload;      // valid until the next call; of a Close with its code
};

class Parser {
 public:
  explicit Parser(Role role, const Limits& limits = {});
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;
  ~Parser();

  /// Takes the next item off the front of `input`, which it unmasks in place. Call it until it yields NeedMore: then
  /// the buffer may be used for something else.
  Item next(std::span<std::byte>& input);

  /// From the next message on; never below what the present one was allowed.
  void allow_messages_of(std::uint32_t bytes_max) { limits_.message_bytes_max = bytes_max; }

  /// Has the peer begun a frame or a message that it has not finished? Such peers get a deadline.
  bool partial() const;
  /// After a Close or an Error: what still comes is swallowed.
  bool finished() const { return finished_; }
  /// Memory held beside the object: zero unless partial, and within the limits plus a few hundred bytes.
  std::size_t heap_bytes() const;

 private:
  struct Partial;

  Item next_in_place(std::span<std::byte>& input);
  Item next_copied(std::span<std::byte>& input);
  /// False when more bytes are needed; `error` is set when there is a violation.
  bool collect_header(std::span<std::byte>& input, Item& error);
  bool collect_payload(std::span<std::byte>& input, Item& error);
  Item complete(Opcode opcode, std::span<const std::byte> payload);
  Item close(std::span<const std::byte> payload);
  Item refuse(Violation violation);

  std::unique_ptr<Partial> partial_;
  Limits limits_;
  Role role_;
  bool finished_ = false;
};
static_assert(sizeof(Parser) <= 24, "one for each of a million connections");

}  // namespace starling::ws
