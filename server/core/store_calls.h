// Operations that the store has been given, and what each was for.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "server/core/turn.h"
#include "server/ports/store.h"

namespace starling::core {

// Of a room's home; the fence tells it from one that was here in an earlier view.
struct LoadCall {
  RoomId room;
  ViewId fence;
};
struct CommitCall {
  RoomId room;
  ViewId fence;
};
/// Events that another home, or an attempt of unknown outcome, has written.
struct MissingCall {
  RoomId room;
  ViewId fence;
};
struct RaiseCall {
  RoomId room;
  ViewId fence;
};
struct CheckpointCall {};
// Of a room's local.
struct PageCall {
  RoomId room;
  Seq from;
};
struct GapCall {
  RoomId room;
};
struct VerifyCall {
  RoomId room;
  std::uint32_t number = 0;
};
struct DeviceCall {
  RoomId room;
  ConnId conn;
  std::uint32_t number = 0;
};
struct HistoryCall {
  RoomId room;
  std::uint32_t number = 0;
};
// Of a user's home; the number tells it from what one has asked that was here in an earlier view.
struct UserCall {
  UserId user;
  std::uint64_t number = 0;
};
struct UserItemsCall {
  UserId user;
  std::uint64_t number = 0;
};
struct MarksCall {
  std::vector<ports::ReadMarkRow> marks;
};
// Of sessions.
struct ItemsCall {
  ConnId conn;
};
struct ItemPutCall {
  ConnId conn;
  std::uint64_t request_id = 0;
  ports::PutItem request;
  bool outcome_unknown = false;  // of an earlier attempt: what took effect is still to be told
};
struct CreateCall {
  ConnId conn;
  ports::CreateRoom request;
  bool outcome_unknown = false;  // likewise
};

using StoreCall =
    std::variant<LoadCall, CommitCall, MissingCall, RaiseCall, CheckpointCall, PageCall, GapCall, VerifyCall,
                 DeviceCall, HistoryCall, UserCall, MarksCall, UserItemsCall, ItemsCall, ItemPutCall, CreateCall>;

class StoreCalls {
 public:
  explicit StoreCalls(Turn& turn) : turn_(turn) {}

  void submit(ports::StoreRequest request, StoreCall call) {
    ++turn_.counters.store_ops;
    const std::uint64_t id = ++last_id_;
    calls_.emplace(id, std::move(call));
    turn_.out->store.push_back({.id = id, .request = std::move(request)});
  }
  /// False for an id that is not awaited.
  bool take(std::uint64_t id, StoreCall& call) {
    const auto at = calls_.find(id);
    if (at == calls_.end()) return false;
    call = std::move(at->second);
    calls_.erase(at);
    return true;
  }

 private:
  Turn& turn_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, StoreCall> calls_;
};

}  // namespace starling::core
