#include "server/store/postgres/exchange.h"

#include <type_traits>
#include <variant>

#include "server/store/postgres/account_changes.h"
#include "server/store/postgres/account_reads.h"
#include "server/store/postgres/commit_calls.h"
#include "server/store/postgres/lease_calls.h"
#include "server/store/postgres/link_calls.h"
#include "server/store/postgres/look_calls.h"
#include "server/store/postgres/page_calls.h"
#include "server/store/postgres/room_calls.h"
#include "server/store/postgres/user_calls.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::StoreRequest& request, bool carefully) {
  return std::visit(
      [carefully](const auto& each) {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, ports::CommitBatch>) {
          return calls_of(each, carefully);
        } else {
          return calls_of(each);
        }
      },
      request);
}

ports::StoreResult result_of(const ports::StoreRequest& request, std::span<const Rows> answers) {
  return std::visit([&](const auto& each) -> ports::StoreResult { return result_of(each, answers); }, request);
}

std::optional<ports::StoreResult> refused(const ports::StoreRequest& request) {
  if (std::holds_alternative<ports::CreateRoom>(request)) {
    return ports::RoomMade{.status = wire::CreateStatus::Rejected};
  }
  if (const auto* put = std::get_if<ports::PutItem>(&request)) {
    return ports::ItemStored{.status = wire::PutStatus::Refused, .item = {.kind = put->kind, .key = put->key}};
  }
  if (std::holds_alternative<ports::ChangeRooms>(request)) return ports::RoomsAnswered{ports::RoomDenied{}};
  if (std::holds_alternative<ports::ChangeAccounts>(request)) return ports::AccountsAnswered{ports::ChangeRefused{}};
  return std::nullopt;
}

std::uint64_t key_of(const ports::StoreRequest& request) {
  if (const auto* batch = std::get_if<ports::CommitBatch>(&request)) return batch->room.value;
  if (const auto* load = std::get_if<ports::LoadRoom>(&request)) return load->room.value;
  if (const auto* point = std::get_if<ports::PutCheckpoint>(&request)) return point->room.value;
  if (const auto* raise = std::get_if<ports::RaiseEpoch>(&request)) return raise->room.value;
  if (const auto* create = std::get_if<ports::CreateRoom>(&request)) return create->device.value;
  if (const auto* item = std::get_if<ports::PutItem>(&request)) return item->user.value;
  if (const auto* marks = std::get_if<ports::PutReadMarks>(&request)) {
    return marks->marks.empty() ? 0 : marks->marks.front().user.value;
  }
  return 0;
}

}  // namespace starling::postgres
