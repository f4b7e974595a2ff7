#include "common/wire/body.h"

#include "common/wire/limits.h"
#include "common/wire/utf8.h"

namespace starling::wire {
namespace {

Result<void, BodyError> text(std::string_view body, std::size_t bytes_max) {
  if (body.size() > bytes_max) return fail(BodyError::TooLarge);
  if (!is_utf8(body)) return fail(BodyError::BadText);
  return {};
}

Result<void, BodyError> one_of(std::string_view body, std::string_view one, std::string_view other) {
  if (body != one && body != other) return fail(BodyError::BadText);
  return {};
}

}  // namespace

Result<void, BodyError> check_body(EventKind kind, std::string_view body) {
  switch (kind) {
    case EventKind::ReactionAdd:
    case EventKind::ReactionRemove:
      return text(body, limits::kEmojiBytesMax);
    case EventKind::RoomTitle:
      return text(body, limits::kTitleBytesMax);
    case EventKind::RoomTopic:
      return text(body, limits::kTopicBytesMax);
    case EventKind::RoomVisibility:
      return one_of(body, kPrivate, kPublic);
    case EventKind::RoomHistory:
      return one_of(body, kHistoryAll, kHistoryJoined);
    case EventKind::Message:
    case EventKind::Edit:
    case EventKind::Delete:
    case EventKind::Pin:
    case EventKind::Unpin:
    case EventKind::MemberAdd:
    case EventKind::MemberRemove:
    case EventKind::MemberInvite:
    case EventKind::MemberMute:
    case EventKind::MemberUnmute:
    case EventKind::MemberBan:
    case EventKind::MemberUnban:
      break;
  }
  if (body.size() > limits::kBodyBytesMax) return fail(BodyError::TooLarge);
  return {};
}

}  // namespace starling::wire
