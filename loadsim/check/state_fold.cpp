#include "loadsim/check/state_fold.h"

#include "common/base/rng.h"

namespace starling::check {

void StateFold::apply(const LedgerEvent& event) {
  const std::uint64_t seq = event.seq.value;
  const std::uint64_t target = event.kind == wire::EventKind::Message ? seq : event.target.value;
  if (target <= start_.value) return;
  switch (event.kind) {
    case wire::EventKind::Message:
    case wire::EventKind::Edit: {
      Text& text = texts_[target];
      if (seq > text.seq) {
        text.seq = seq;
        text.body_hash = event.body_hash;
      }
      break;
    }
    case wire::EventKind::Delete:
      texts_[target].deleted = true;
      break;
    case wire::EventKind::ReactionAdd:
    case wire::EventKind::ReactionRemove: {
      Reaction& reaction = reactions_[{target, event.sender.value, event.body_hash}];
      if (seq > reaction.seq) reaction = {.seq = seq, .there = event.kind == wire::EventKind::ReactionAdd};
      break;
    }
    default:
      break;
  }
}

std::uint64_t StateFold::digest() const {
  std::uint64_t sum = 0;
  for (const auto& [message, text] : texts_) {
    sum += mix64(mix64(message) ^ (text.deleted ? 1 : mix64(text.body_hash)));
  }
  for (const auto& [key, reaction] : reactions_) {
    const auto& [message, user, emoji] = key;
    if (reaction.there) sum += mix64(mix64(mix64(message) ^ user) ^ emoji);
  }
  return sum;
}

}  // namespace starling::check
