#include "server/core/tail.h"

#include <algorithm>

namespace starling::core {

void Tail::append(const wire::Event& event, PrefixHash before) {
  if (!events_.empty() && events_.back().seq.next() != event.seq) clear();
  if (events_.empty()) before_ = before;
  events_.push_back(event);
  bytes_ += size_of(event);
}

void Tail::trim(std::size_t bytes_max) {
  if (bytes_ <= bytes_max) return;
  // Down to three quarters at once, so that dropping from the front of a vector is paid for rarely.
  const std::size_t goal = bytes_max - bytes_max / 4;
  std::size_t n = 0;
  while (n < events_.size() && bytes_ > goal) {
    bytes_ -= size_of(events_[n]);
    before_ = wire::fold(before_, events_[n]);
    ++n;
  }
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(n));
}

void Tail::clear() {
  events_ = {};
  bytes_ = 0;
}

std::span<const wire::Event> Tail::after(Seq seq) const {
  return std::span(events_).subspan(static_cast<std::size_t>(seq.next().value - events_.front().seq.value));
}

PrefixHash Tail::hash_at(Seq seq) const {
  PrefixHash hash = before_;
  for (const wire::Event& event : events_) {
    if (event.seq > seq) break;
    hash = wire::fold(hash, event);
  }
  return hash;
}

const wire::Event* Tail::find(DeviceId device, Cseq cseq) const {
  for (auto at = events_.rbegin(); at != events_.rend(); ++at) {
    if (at->device == device && at->cseq == cseq) return &*at;
  }
  return nullptr;
}

bool Tail::holds(DeviceId device, ClientMsgId message) const {
  return std::ranges::any_of(
      events_, [&](const wire::Event& event) { return event.device == device && event.client_msg_id == message; });
}

void Tail::erase_texts_of(Seq message) {
  for (wire::Event& event : events_) {
    const bool its_text = event.seq == message || (event.kind == wire::EventKind::Edit && event.target == message);
    if (!its_text || event.erased_hash != 0) continue;
    event.erased_hash = wire::body_hash(event.body);
    bytes_ -= event.body.size();
    event.body = {};
  }
}

}  // namespace starling::core
