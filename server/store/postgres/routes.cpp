#include "server/store/postgres/routes.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "common/wire/mentions.h"

namespace starling::postgres {
namespace {

template <class Request, class... Kinds>
constexpr bool kIsOneOf = (std::is_same_v<Request, Kinds> || ...);

/// A room's card, a membership, an invitation or a mention.
bool tells_people(const ports::CommitRow& row) {
  using enum wire::EventKind;
  switch (row.kind) {
    case Message:
      return !wire::mentions_of(row.body).users.empty();
    case RoomTitle:
    case RoomTopic:
    case RoomVisibility:
    case RoomHistory:
      return true;
    default:
      return wire::has_subject(row.kind);
  }
}

}  // namespace

std::optional<RoomId> room_of(const ports::StoreRequest& request) {
  const auto of = [](const auto& each) -> std::optional<RoomId> {
    using Request = std::decay_t<decltype(each)>;
    using namespace ports;
    if constexpr (kIsOneOf<Request, LoadRoom, CommitBatch, ReadPage, ReadDevice, PutCheckpoint, RaiseEpoch, FindRoom,
                           FindSeq, ListLinks, CreateLink, RevokeLink>) {
      return each.room;
    } else {
      return std::nullopt;
    }
  };
  if (const auto* read = std::get_if<ports::ReadRooms>(&request)) return std::visit(of, read->request);
  if (const auto* change = std::get_if<ports::ChangeRooms>(&request)) return std::visit(of, change->request);
  return std::visit(of, request);
}

bool tells_people(const ports::Committed& committed) {
  for (std::size_t i = 0; i < committed.results.size(); ++i) {
    const wire::SendStatus status = committed.results[i].status;
    const bool stands = status == wire::SendStatus::Accepted || status == wire::SendStatus::Duplicate;
    if (stands && tells_people(committed.batch.rows[i])) return true;
  }
  return false;
}

std::vector<UserId> joining(const ports::CommitBatch& batch) {
  std::vector<UserId> users;
  for (const ports::CommitRow& row : batch.rows) {
    if (row.kind != wire::EventKind::MemberAdd || std::ranges::find(users, row.subject) != users.end()) continue;
    users.push_back(row.subject);
  }
  return users;
}

}  // namespace starling::postgres
