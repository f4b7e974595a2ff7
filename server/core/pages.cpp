#include "server/core/pages.h"

#include <algorithm>
#include <utility>

#include "common/base/probe.h"
#include "common/wire/limits.h"

namespace starling::core {

const Page* Pages::find(RoomId room, Seq seq) {
  for (std::size_t i = pages_.size(); i-- > 0;) {
    if (pages_[i].room != room || !pages_[i].holds(seq)) continue;
    std::rotate(pages_.begin() + static_cast<std::ptrdiff_t>(i), pages_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                pages_.end());
    return &pages_.back();
  }
  return nullptr;
}

std::optional<PrefixHash> Pages::hash_at(RoomId room, Seq seq) {
  for (const Page& page : pages_) {
    if (page.room != room) continue;
    if (const auto hash = page.hash_at(seq)) return hash;
  }
  return std::nullopt;
}

bool Pages::read(RoomId room, Seq from, ports::Floor floor) {
  if (const Tail* tail = homes_.tail_after(room, from); tail != nullptr && !tail->after(from).empty()) {
    const auto events = tail->after(from);
    probe(Probe::resume_ring);
    keep(room, from, tail->hash_at(from),
         events.first(std::min<std::size_t>(events.size(), wire::limits::kPageEventsMax)));
    return true;
  }
  if (reading(room, from)) return false;
  ++turn_.counters.pages_read;
  reads_.push_back({.room = room, .from = from});
  store_.submit(ports::ReadPage{.room = room,
                                .from = from,
                                .limit = wire::limits::kPageEventsMax,
                                .bytes_max = static_cast<std::uint32_t>(wire::limits::kPageBytesMax),
                                .floor = floor},
                PageCall{.room = room, .from = from});
  return false;
}

bool Pages::reading(RoomId room, Seq from) const {
  return std::ranges::any_of(reads_, [&](const Read& r) { return r.room == room && r.from == from; });
}

const Page* Pages::arrived(const PageCall& call, const ports::PageRead* read) {
  const auto at =
      std::ranges::find_if(reads_, [&](const Read& r) { return r.room == call.room && r.from == call.from; });
  const bool spoiled = at != reads_.end() && at->spoiled;
  if (at != reads_.end()) reads_.erase(at);
  if (read == nullptr || spoiled || read->events.empty()) return nullptr;
  probe(Probe::resume_store);
  // What retention has cut is not there: the page begins later than asked.
  return &keep(call.room, read->events.front().seq.prev(), read->hash_before, read->events);
}

const Page& Pages::keep(RoomId room, Seq from, PrefixHash before, std::span<const wire::Event> events) {
  Page page{.room = room, .from = from, .hash_before = before};
  page.entries.reserve(events.size());
  PrefixHash hash = before;
  for (const wire::Event& event : events) {
    hash = wire::fold(hash, event);
    page.entries.push_back({.frame = turn_.encode(event), .hash = hash});
    page.bytes += page.entries.back().frame.size() + sizeof(PageEntry) + 16;
  }
  bytes_ += page.bytes;
  pages_.push_back(std::move(page));
  return pages_.back();
}

void Pages::forget(RoomId room) {
  std::erase_if(pages_, [&](const Page& page) {
    if (page.room != room) return false;
    bytes_ -= page.bytes;
    return true;
  });
  for (Read& read : reads_) read.spoiled |= read.room == room;
}

void Pages::trim() {
  while (bytes_ > turn_.config.page_cache_bytes && !pages_.empty()) {
    bytes_ -= pages_.front().bytes;
    pages_.erase(pages_.begin());
  }
  turn_.counters.page_bytes = bytes_;
}

}  // namespace starling::core
