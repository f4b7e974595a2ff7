#include "server/search/index_batch.h"

namespace starling::search {

void IndexBatch::add(NewDoc doc) {
  places_[{doc.room, doc.seq.value}] = added_.size();
  bytes_ += doc.text.size();
  added_.push_back(std::move(doc));
}

NewDoc* IndexBatch::added_here(std::uint64_t room, Seq seq) {
  const auto place = places_.find({room, seq.value});
  return place == places_.end() ? nullptr : &added_[place->second];
}

void IndexBatch::replace(std::uint64_t room, Seq seq, std::string text) {
  bytes_ += text.size();
  if (NewDoc* doc = added_here(room, seq)) {
    doc->text = std::move(text);
    return;
  }
  const auto [change, is_new] = changed_.try_emplace({room, seq.value});
  // What was deleted stays deleted.
  if (is_new || change->second) change->second = std::move(text);
}

void IndexBatch::remove(std::uint64_t room, Seq seq) {
  if (NewDoc* doc = added_here(room, seq)) {
    doc->removed = true;
    return;
  }
  changed_[{room, seq.value}] = std::nullopt;
}

}  // namespace starling::search
