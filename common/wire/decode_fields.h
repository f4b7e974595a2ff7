// What decode_client.cpp and decode_server.cpp share: fields checked against limits.h, and the events inside frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/wire/codec.h"
#include "common/wire/frames.h"
#include "starling.pb.h"

namespace starling::wire {

/// Copies fields out of protobuf messages and remembers the first thing that was wrong.
class FieldReader {
 public:
  bool ok() const { return error_ == 0; }
  DecodeError error() const { return static_cast<DecodeError>(error_); }

  void require(bool condition, DecodeError otherwise) {
    if (!condition && ok()) error_ = static_cast<std::uint8_t>(otherwise);
  }
  void require_at_most(std::size_t size, std::size_t max) { require(size <= max, DecodeError::OverLimit); }

  /// An id or counter that must not be zero.
  template <class I>
  I named(typename I::rep value) {
    require(value != 0, DecodeError::BadValue);
    return I(value);
  }

  template <class E>
  E enumerator(std::uint32_t value, E first, E last) {
    const bool in_range = value >= static_cast<std::uint32_t>(first) && value <= static_cast<std::uint32_t>(last);
    require(in_range, DecodeError::BadValue);
    return in_range ? static_cast<E>(value) : first;
  }
  /// Who is sent away is told when to come back.
  std::uint32_t retry_after_ms(bool sent_away, std::uint32_t ms) {
    require(!sent_away || ms > 0, DecodeError::BadValue);
    return ms;
  }
  EventKind event_kind(std::uint32_t v) { return enumerator(v, EventKind::Message, kLastEventKind); }
  RoomKind room_kind(std::uint32_t v) { return enumerator(v, RoomKind::Group, RoomKind::Direct); }
  ItemKind item_kind(std::uint32_t v) { return enumerator(v, ItemKind::Invitation, ItemKind::Setting); }
  Role role(std::uint32_t v) { return enumerator(v, Role::None, Role::Owner); }

  std::string opaque(const std::string& value, std::size_t bytes_max);
  std::string text(const std::string& value, std::size_t bytes_max);
  std::string body(const std::string& value, EventKind kind);

  Cursor cursor(const pb::Cursor& in);
  Event event(const pb::Event& in);
  Item item(const pb::Item& in);

 private:
  std::uint8_t error_ = 0;
};

/// For a message whose oneof is not set: the lite runtime keeps unknown fields and shows them only in the size.
template <class Frame>
bool holds_unknown_fields(const Frame& in) {
  constexpr std::size_t kOptionalFlagBytes = 2;
  return in.ByteSizeLong() > (in.optional() ? kOptionalFlagBytes : 0);
}

Result<ClientFrame, DecodeError> to_struct(const pb::ClientFrame& in);
Result<ServerFrame, DecodeError> to_struct(const pb::ServerFrame& in);

}  // namespace starling::wire
