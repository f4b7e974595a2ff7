#include "common/client/outbox.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/assert.h"
#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/client/settings.h"
#include "common/wire/limits.h"
#include "common/wire/renumbered.h"

namespace starling::client {
namespace {

/// Planted bug: what goes again goes in the other order, the messages changing places under their numbers.
void reverse_messages(std::vector<OutboxEntry>& entries) {
  for (std::size_t i = 0, j = entries.size(); i + 1 < j; ++i) {
    --j;
    std::swap(entries[i].send, entries[j].send);
    std::swap(entries[i].send.cseq, entries[j].send.cseq);
  }
}

}  // namespace

// What may be in flight: not by count but by number, so that an entry whose answer got lost is never more than that far
// behind the log's newest of this device. The log relies on it when it looks for renumbered sends.
std::size_t Outbox::Queue::window_size() const {
  std::size_t size = 0;
  const std::size_t most = std::min<std::size_t>(entries.size(), wire::limits::kInFlightPerRoomMax);
  while (size < most &&
         entries[size].send.cseq.value - entries.front().send.cseq.value < wire::limits::kInFlightPerRoomMax) {
    ++size;
  }
  return size;
}
std::span<OutboxEntry> Outbox::Queue::window() { return std::span(entries).first(window_size()); }
std::span<const OutboxEntry> Outbox::Queue::window() const { return std::span(entries).first(window_size()); }

std::size_t Outbox::Queue::in_flight() const {
  return static_cast<std::size_t>(std::ranges::count_if(window(), &OutboxEntry::in_flight));
}

// A crash brings back what has no durable removal. Should the log have been put back as well, all of it is numbered anew.
bool Outbox::Queue::may_send(Cseq cseq, std::uint64_t persisted) const {
  return removal_token <= persisted || cseq.value < oldest_stored.value + wire::limits::kRenumberedFoundMax;
}

Instant Outbox::Queue::oldest_attempt() const {
  Instant oldest = kNever;
  for (const OutboxEntry& entry : window()) oldest = std::min(oldest, entry.sent_at);
  return oldest;
}

void Outbox::Queue::forget_attempts() {
  for (OutboxEntry& entry : window()) entry.sent_at = kNever;
  rewind_from = Cseq();
  swallow = 0;
}

Outbox::Queue* Outbox::find(RoomId room) {
  if (queues_ == nullptr) return nullptr;
  const auto at = std::ranges::find(*queues_, room, &Queue::room);
  return at == queues_->end() ? nullptr : &*at;
}
const Outbox::Queue* Outbox::find(RoomId room) const { return const_cast<Outbox*>(this)->find(room); }

Outbox::Queue& Outbox::find_or_add(RoomId room) {
  if (Queue* queue = find(room)) return *queue;
  if (queues_ == nullptr) queues_ = std::make_unique<std::vector<Queue>>();
  return queues_->emplace_back(Queue{.room = room});
}

void Outbox::drop_if_empty(RoomId room) {
  const auto at = std::ranges::find(*queues_, room, &Queue::room);
  if (!at->entries.empty()) return;
  queues_->erase(at);
  if (queues_->empty()) queues_.reset();
}

std::size_t Outbox::size() const {
  std::size_t n = 0;
  if (queues_ != nullptr) {
    for (const Queue& queue : *queues_) n += queue.entries.size();
  }
  return n;
}

std::span<const OutboxEntry> Outbox::entries(RoomId room) const {
  const Queue* queue = find(room);
  return queue != nullptr ? std::span(queue->entries) : std::span<const OutboxEntry>();
}

std::size_t Outbox::in_flight(RoomId room) const {
  const Queue* queue = find(room);
  return queue != nullptr ? queue->in_flight() : 0;
}

bool Outbox::any_in_flight() const {
  return queues_ != nullptr && std::ranges::any_of(*queues_, [](const Queue& q) { return q.in_flight() > 0; });
}

bool Outbox::attempted_in(RoomId room, Epoch epoch) const {
  return std::ranges::any_of(entries(room),
                             [&](const OutboxEntry& entry) { return entry.attempted && entry.send.epoch == epoch; });
}

Instant Outbox::held_until(RoomId room) const {
  const Queue* queue = find(room);
  return queue != nullptr ? queue->hold_until : kNoHold;
}

std::vector<RoomId> Outbox::rooms() const {
  std::vector<RoomId> rooms;
  if (queues_ != nullptr) {
    for (const Queue& queue : *queues_) rooms.push_back(queue.room);
  }
  return rooms;
}

void Outbox::add(wire::Send send, std::uint64_t put_token) {
  Queue& queue = find_or_add(send.room);
  STARLING_ASSERT(queue.entries.empty() || queue.entries.back().send.cseq < send.cseq);
  queue.entries.push_back({.send = std::move(send), .put_token = put_token});
}

void Outbox::restore(wire::Send send) {
  const RoomId room = send.room;
  add(std::move(send), 0);
  find(room)->entries.back().attempted = true;
}

/// Of a room for which nothing waits nothing is kept: what comes next is stored behind the removal.
void Outbox::settled(RoomId room, Cseq cseq, std::uint64_t removal_token, std::uint64_t persisted) {
  Queue* queue = find(room);
  if (queue == nullptr) return;
  const bool only = queue->removal_token <= persisted;
  queue->oldest_stored = only ? cseq : std::min(queue->oldest_stored, cseq);
  queue->removal_token = removal_token;
}

std::size_t Outbox::next_frames(RoomId room, Epoch epoch, std::uint64_t persisted, Instant now,
                                std::vector<wire::ClientFrame>& frames) {
  Queue* queue = find(room);
  if (queue == nullptr || queue->rewind_from || queue->swallow > 0 || now < queue->hold_until) return 0;
  std::size_t repeats = 0;
  for (OutboxEntry& entry : queue->window()) {
    if (entry.in_flight()) continue;
    if (entry.put_token > persisted || !queue->may_send(entry.send.cseq, persisted)) break;
    entry.send.epoch = epoch;
    entry.sent_at = now;
    repeats += entry.attempted ? 1 : 0;
    entry.attempted = true;
    frames.emplace_back(entry.send);
  }
  STARLING_ASSERT(queue->in_flight() <= wire::limits::kInFlightPerRoomMax);
  return repeats;
}

Outbox::Answer Outbox::on_result(const wire::SendResult& result, Instant now, Rng& rng) {
  Queue* queue = find(result.room);
  if (queue == nullptr) return {};
  if (queue->swallow > 0) {
    --queue->swallow;
    return {};
  }
  const std::span<OutboxEntry> window = queue->window();
  const auto at = std::ranges::find(window, result.cseq, [](const OutboxEntry& entry) { return entry.send.cseq; });
  // An entry that was never sent has no answer to get, whatever the server says.
  if (at == window.end() || !at->attempted) return {};
  // Late, and of another message: one that had the number before a renumbering. A server that names none is believed.
  if (result.client_msg_id && result.client_msg_id != at->send.client_msg_id) return {};
  const auto index = static_cast<std::size_t>(at - window.begin());
  budget_.earn();
  switch (result.status) {
    case wire::SendStatus::Accepted:
    case wire::SendStatus::Duplicate:
      // Of another epoch: in a history that is not the log's any more.
      if (result.epoch != at->send.epoch) return {};
      return settle(*queue, index, now);
    case wire::SendStatus::Forbidden:
    case wire::SendStatus::Rejected:
    case wire::SendStatus::RejectedBefore:
    case wire::SendStatus::NoSuchRoom:
    case wire::SendStatus::TooManyRooms:
      return settle(*queue, index, now);
    case wire::SendStatus::Conflict:
      at->sent_at = kNever;
      return {.verdict = Verdict::Conflict};
    case wire::SendStatus::Busy:
      at->sent_at = kNever;
      busy(*queue, result.retry_after_ms, now, rng);
      finish_rewind(*queue, now);
      return {.verdict = Verdict::Retry};
    case wire::SendStatus::StaleEpoch:
      at->sent_at = kNever;
      finish_rewind(*queue, now);
      return {.verdict = Verdict::StaleEpoch};
    case wire::SendStatus::OutOfOrder:
      probe(Probe::out_of_order_nack);
      at->sent_at = kNever;
      return {.verdict = out_of_order(*queue, index, result.expected, now, rng)};
  }
  return {};
}

Outbox::Answer Outbox::settle(Queue& queue, std::size_t index, Instant now) {
  const RoomId room = queue.room;
  const auto at = queue.entries.begin() + static_cast<std::ptrdiff_t>(index);
  Answer answer{.verdict = Verdict::Settled, .settled = std::move(*at)};
  queue.entries.erase(at);
  finish_rewind(queue, now);
  drop_if_empty(room);
  return answer;
}

void Outbox::busy(Queue& queue, std::uint32_t retry_after_ms, Instant now, Rng& rng) {
  Duration delay =
      std::clamp<Duration>(std::chrono::milliseconds(retry_after_ms), limits::kRetryAfterMin, limits::kRetryAfterMax);
  delay += Duration(static_cast<Duration::rep>(rng.below(static_cast<std::uint64_t>(delay.count() / 2))));
  // A flight is refused once, however many of it are.
  const bool held = queue.hold_until > now;
  if (!held && !budget_.spend()) delay = std::max(delay, limits::kBudgetHold);
  queue.hold_until = std::max(queue.hold_until, now + delay);
}

Outbox::Verdict Outbox::out_of_order(Queue& queue, std::size_t index, Cseq expected, Instant now, Rng& rng) {
  if (expected < queue.entries.front().send.cseq) return Verdict::Behind;
  if (expected >= queue.entries[index].send.cseq) {
    // It expects what it refuses, or more: not an order that sending again could mend at once.
    busy(queue, 0, now, rng);
    return Verdict::Retry;
  }
  queue.rewind_from = queue.rewind_from ? std::min(queue.rewind_from, expected) : expected;
  finish_rewind(queue, now);
  return Verdict::Retry;
}

/// Every attempt behind a lost one is answered OutOfOrder, one by one. Sending again at the first of these answers would
/// send sixteen times sixteen frames; so all of them are awaited, and then the run goes again once.
void Outbox::finish_rewind(Queue& queue, Instant now) {
  if (!queue.rewind_from) return;
  for (const OutboxEntry& entry : queue.window()) {
    if (entry.in_flight() && entry.send.cseq > queue.rewind_from) return;
  }
  queue.forget_attempts();
  if (!budget_.spend()) queue.hold_until = std::max(queue.hold_until, now + limits::kBudgetHold);
}

void Outbox::connection_lost() {
  if (queues_ == nullptr) return;
  for (Queue& queue : *queues_) {
    queue.forget_attempts();
    queue.hold_until = kNoHold;
    if (mutant(Mutant::M17_ReorderOnRetry)) reverse_messages(queue.entries);
  }
}

void Outbox::on_time(Instant now) {
  if (queues_ == nullptr) return;
  for (Queue& queue : *queues_) {
    if (now >= queue.swallow_until) queue.swallow = 0;
    if (now >= queue.hold_until) queue.hold_until = kNoHold;
    const Instant oldest = queue.oldest_attempt();
    if (oldest == kNever || now - oldest < limits::kAnswerTimeout) continue;
    queue.forget_attempts();
    if (!budget_.spend()) queue.hold_until = std::max(queue.hold_until, now + limits::kBudgetHold);
  }
}

Instant Outbox::deadline() const {
  Instant first = kNever;
  if (queues_ == nullptr) return first;
  for (const Queue& queue : *queues_) {
    const Instant oldest = queue.oldest_attempt();
    if (oldest != kNever) first = std::min(first, oldest + limits::kAnswerTimeout);
    if (queue.swallow > 0) first = std::min(first, queue.swallow_until);
    if (queue.hold_until != kNoHold) first = std::min(first, queue.hold_until);
  }
  return first;
}

std::vector<Outbox::Change> Outbox::renumber(RoomId room, Cseq next, Instant now) {
  std::vector<Change> changes;
  Queue* queue = find(room);
  if (queue == nullptr) return changes;
  const auto unanswered = static_cast<std::uint32_t>(queue->in_flight());
  queue->forget_attempts();
  queue->removal_token = 0;  // the new numbers are stored behind it
  queue->swallow = unanswered;
  queue->swallow_until = now + limits::kAnswerTimeout;
  changes.reserve(queue->entries.size());
  for (OutboxEntry& entry : queue->entries) {
    changes.push_back({.client_msg_id = entry.send.client_msg_id, .from = entry.send.cseq});
    entry.send.cseq = next;
    entry.send.renumbered = true;
    next = next.next();
  }
  return changes;
}

void Outbox::set_put_token(RoomId room, std::uint64_t token) {
  Queue* queue = find(room);
  if (queue == nullptr) return;
  for (OutboxEntry& entry : queue->entries) entry.put_token = token;
}

}  // namespace starling::client
