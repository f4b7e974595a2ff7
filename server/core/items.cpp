#include "server/core/items.h"

#include <utility>

namespace starling::core {
namespace {
constexpr std::size_t kInFlightMax = 1024;  // per shard, of 16 KB each at most
}  // namespace

// ---- puts

void Items::put(std::uint32_t index, const wire::PutItem& put) {
  Session& session = sessions_.at(index);
  ItemPutCall call{.conn = sessions_.conn(index), .request_id = put.request_id, .request = {}};
  call.request = {.user = session.user, .kind = put.kind, .key = put.key, .value = put.value, .base = put.base};
  if (put.kind < wire::kFirstOwnItem || put.key.empty()) return answer(call, {.status = wire::PutStatus::Refused});
  std::uint32_t wait_ms = session.asks.take(turn_.config, turn_.config.item_put_cost, turn_.now.at);
  // Who is out by now could tell nobody of it.
  const bool full = in_flight_ >= kInFlightMax || !links_.takes(0);
  if (wait_ms == 0 && (full || turn_.may_be_replaced())) wait_ms = turn_.busy_retry_ms();
  if (wait_ms != 0) return answer(call, {.status = wire::PutStatus::Busy, .retry_after_ms = wait_ms});
  ++in_flight_;
  ports::PutItem request = call.request;
  store_.submit(std::move(request), std::move(call));
}

void Items::stored(ItemPutCall&& call, const ports::StoreCompletion& done) {
  call.outcome_unknown = call.outcome_unknown || done.status == ports::StoreStatus::Unknown;
  const bool decided = done.status == ports::StoreStatus::Ok || done.status == ports::StoreStatus::Stopped;
  if (call.outcome_unknown && !decided) {
    puts_.push_back(std::move(call));
    return turn_.schedule.arm(Chore::StoreRetry, turn_.now.at + turn_.config.store_retry);
  }
  --in_flight_;
  if (done.status == ports::StoreStatus::Stopped) return;
  const auto* stored = std::get_if<ports::ItemStored>(&done.result);
  if (done.status != ports::StoreStatus::Ok || stored == nullptr) {
    return answer(call, {.status = wire::PutStatus::Busy, .retry_after_ms = turn_.busy_retry_ms()});
  }
  if (stored->status == wire::PutStatus::Put) {
    links_.ask(turn_.home(call.request.user), ports::ItemsChanged{.user = call.request.user});
  }
  answer(call, {.status = stored->status, .item = stored->item});
}

void Items::answer(const ItemPutCall& call, wire::ItemPut&& put) {
  if (sessions_.find(call.conn) == nullptr) return;
  put.request_id = call.request_id;
  put.item.kind = call.request.kind;
  put.item.key = call.request.key;
  sessions_.send(call.conn.index, put);
}

// ---- reads

void Items::read(std::uint32_t index, std::uint64_t after) {
  SessionExtras& x = extras(sessions_.at(index));
  x.items_after = after;
  x.items_wanted = true;
  go_on(index);
}

void Items::go_on(std::uint32_t index) {
  Session& session = sessions_.at(index);
  SessionExtras* x = session.extras.get();
  if (x == nullptr || !x->items_wanted || x->items_reading) return;
  if (!sessions_.has_room(index)) return sessions_.lag(index);
  x->items_wanted = false;
  x->items_reading = true;
  store_.submit(ports::LoadItems{.user = session.user, .after = x->items_after}, ItemsCall{sessions_.conn(index)});
}

void Items::loaded(const ItemsCall& call, ports::StoreCompletion&& done) {
  Session* session = sessions_.find(call.conn);
  if (session == nullptr || session->extras == nullptr) return;
  SessionExtras& x = *session->extras;
  x.items_reading = false;
  auto* loaded = std::get_if<ports::ItemsLoaded>(&done.result);
  if (done.status == ports::StoreStatus::Stopped) return;
  if (done.status != ports::StoreStatus::Ok || loaded == nullptr) {
    x.items_wanted = true;
    reads_.push_back(call.conn);
    return turn_.schedule.arm(Chore::StoreRetry, turn_.now.at + turn_.config.store_retry);
  }
  if (loaded->changes.more && !x.items_wanted) {
    x.items_after = loaded->changes.version;
    x.items_wanted = true;
  }
  sessions_.send(call.conn.index, loaded->changes);
  if (sessions_.find(call.conn) == nullptr) return;
  go_on(call.conn.index);
  shrink(*session);
}

void Items::retry() {
  for (ItemPutCall& call : std::exchange(puts_, {})) {
    ports::PutItem request = call.request;
    store_.submit(std::move(request), std::move(call));
  }
  for (const ConnId conn : std::exchange(reads_, {})) {
    if (sessions_.find(conn) != nullptr) go_on(conn.index);
  }
}

}  // namespace starling::core
