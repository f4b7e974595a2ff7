#include "server/store/postgres/exchange.h"

#include <type_traits>
#include <utility>
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

namespace {

/// Reads that all nodes ask by the thousand when one of them has died.
template <class Request>
constexpr std::size_t kTogetherMax = 1;
template <>
constexpr std::size_t kTogetherMax<ports::LoadUser> = limits::kTogetherMax;
template <>
constexpr std::size_t kTogetherMax<ports::LoadItems> = limits::kItemsTogetherMax;
template <>
constexpr std::size_t kTogetherMax<ports::ReadDevice> = limits::kTogetherMax;
template <>
constexpr std::size_t kTogetherMax<ports::LoadRoom> = limits::kRoomsTogetherMax;

template <class Request>
std::vector<const Request*> each_as(const Requests& requests) {
  std::vector<const Request*> all;
  for (const ports::StoreRequest* request : requests) all.push_back(&std::get<Request>(*request));
  return all;
}

}  // namespace

std::size_t together_max(const ports::StoreRequest& request) {
  return std::visit([](const auto& each) { return kTogetherMax<std::decay_t<decltype(each)>>; }, request);
}

std::vector<Call> calls_of(const Requests& requests, bool carefully) {
  return std::visit(
      [&](const auto& first) {
        using Request = std::decay_t<decltype(first)>;
        if constexpr (kTogetherMax < Request >> 1) {
          return calls_of(Asked<Request>(each_as<Request>(requests)));
        } else if constexpr (std::is_same_v<Request, ports::CommitBatch>) {
          return calls_of(first, carefully);
        } else {
          return calls_of(first);
        }
      },
      *requests.front());
}

Answered<ports::StoreResult> results_of(const Requests& requests, std::span<const Rows> answers) {
  Answered<ports::StoreResult> results;
  std::visit(
      [&](const auto& first) {
        using Request = std::decay_t<decltype(first)>;
        if constexpr (kTogetherMax < Request >> 1) {
          for (auto& each : results_of(Asked<Request>(each_as<Request>(requests)), answers)) {
            results.emplace_back(std::move(each));
          }
        } else {
          results.emplace_back(result_of(first, answers));
        }
      },
      *requests.front());
  return results;
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

void give_back(ports::StoreRequest& request, ports::StoreResult& result) {
  auto* batch = std::get_if<ports::CommitBatch>(&request);
  if (batch == nullptr) return;
  if (!std::holds_alternative<ports::Committed>(result)) result = ports::Committed{};
  std::get<ports::Committed>(result).batch = std::move(*batch);
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
