// What decoded values must be like, beyond their types: the core relies on it, and passes them on to clients that do.
#pragma once

#include "common/wire/frames.h"
#include "server/ports/envelope.h"

namespace starling::bus {

template <class E>
struct Range {
  E first;
  E last;
};
constexpr Range<ports::AskStatus> range_of(ports::AskStatus) {
  return {ports::AskStatus::Ok, ports::AskStatus::Unavailable};
}
constexpr Range<wire::EventKind> range_of(wire::EventKind) { return {wire::EventKind::Message, wire::kLastEventKind}; }
constexpr Range<wire::RoomKind> range_of(wire::RoomKind) { return {wire::RoomKind::Group, wire::RoomKind::Direct}; }
constexpr Range<wire::Role> range_of(wire::Role) { return {wire::Role::None, wire::Role::Owner}; }
constexpr Range<wire::ItemKind> range_of(wire::ItemKind) {
  return {wire::ItemKind::Invitation, wire::ItemKind::Setting};
}
constexpr Range<wire::SendStatus> range_of(wire::SendStatus) {
  return {wire::SendStatus::Accepted, wire::SendStatus::TooManyRooms};
}
constexpr Range<wire::PresenceState> range_of(wire::PresenceState) {
  return {wire::PresenceState::Offline, wire::PresenceState::Online};
}

bool has_shape(const wire::Event& event);
bool has_shape(const wire::Send& send);
bool has_shape(const wire::RoomInfo& info);
bool has_shape(const wire::Item& item);
bool has_shape(const wire::SendResult& result);
bool has_shape(const wire::Receipts& receipts);
bool has_shape(const ports::EnvelopeHeader& header);
bool has_shape(const ports::Post& post);

}  // namespace starling::bus
