// Pages of history for members: never beyond what this shard has delivered, so a removal that it has not come to yet
// cannot be overtaken.
#include <algorithm>
#include <utility>

#include "common/wire/limits.h"
#include "server/core/room_locals.h"

namespace starling::core {
namespace {

/// A frame must fit a message; fields around a body take less than this.
constexpr std::size_t kEventOverhead = 120;
constexpr std::size_t kPageFrameBytes = wire::limits::kMessageBytesMax - 2048;

std::size_t size_of(const wire::Event& event) { return event.body.size() + kEventOverhead; }

/// Cuts the page, at the end that is read on from, to what a message holds.
void fit(wire::HistoryPage& page, bool backward) {
  std::size_t bytes = 0;
  std::size_t kept = 0;
  const std::size_t n = page.events.size();
  for (; kept < n; ++kept) {
    bytes += size_of(page.events[backward ? n - 1 - kept : kept]);
    if (bytes > kPageFrameBytes && kept > 0) break;
  }
  if (backward) {
    const auto end = page.events.begin() + static_cast<std::ptrdiff_t>(n - kept);
    for (auto at = page.events.begin(); at != end; ++at) page.hash_before = wire::fold(page.hash_before, *at);
    page.events.erase(page.events.begin(), end);
  } else {
    page.events.resize(kept);
  }
  bytes = 0;
  for (const wire::Event& event : page.events) bytes += size_of(event);
  for (std::size_t i = 0; i < page.related.size(); ++i) {
    bytes += size_of(page.related[i]);
    if (bytes <= kPageFrameBytes) continue;
    page.as_of = page.related[i].seq.prev();
    page.related.resize(i);
    break;
  }
}

/// Cuts what was said before `oldest`.
void hide_before(wire::HistoryPage& page, Seq oldest) {
  page.min_seq = std::max(page.min_seq, oldest);
  const auto visible = std::ranges::find_if(page.events, [&](const wire::Event& e) { return e.seq >= oldest; });
  for (auto at = page.events.begin(); at != visible; ++at) page.hash_before = wire::fold(page.hash_before, *at);
  page.events.erase(page.events.begin(), visible);
  std::erase_if(page.related, [&](const wire::Event& e) { return e.target < oldest; });
}

}  // namespace

void RoomLocals::history(std::uint32_t session, const wire::HistoryRequest& request) {
  Session& s = sessions_.at(session);
  if (!request.room) return refuse_history(session, request, wire::SyncStatus::NotMember);
  if (const std::uint32_t wait_ms = s.asks.take(turn_.config, turn_.config.history_cost, turn_.now.at); wait_ms != 0) {
    return refuse_history(session, request, wire::SyncStatus::Unavailable, wait_ms);
  }
  if (s.histories >= turn_.config.histories_per_session_max || !sessions_.has_room(session)) {
    return refuse_history(session, request, wire::SyncStatus::Unavailable);
  }
  const std::uint32_t slot = find_or_add(request.room);
  RoomLocal& local = locals_[slot];
  const Membership* m = membership(session, slot);
  const bool member = m != nullptr && local.ready && is_member(local, session, *m);
  if (m != nullptr && !member && m->stage == Stage::CatchUp) {
    return refuse_history(session, request, wire::SyncStatus::NotMember);
  }
  if (m == nullptr && s.rooms.size() >= turn_.config.rooms_per_session_max) {
    return refuse_history(session, request, wire::SyncStatus::Unavailable);
  }
  ++s.histories;
  if (member) return start_history(local, session, request);
  if (m == nullptr) s.rooms.push_back({.local = slot});
  extras(local).histories.push_back({.session = session, .request = request});
  ask_home(s.user, {request.room});
}

void RoomLocals::refuse_history(std::uint32_t session, const wire::HistoryRequest& request, wire::SyncStatus status,
                                std::uint32_t retry_after_ms) {
  wire::HistoryPage page{.request_id = request.request_id, .room = request.room, .status = status};
  if (status == wire::SyncStatus::Unavailable) {
    page.retry_after_ms = retry_after_ms != 0 ? retry_after_ms : turn_.busy_retry_ms();
  }
  sessions_.send(session, page);
}

/// Of a request that was taken.
void RoomLocals::end_history(std::uint32_t session, const wire::HistoryRequest& request, wire::SyncStatus status) {
  --sessions_.at(session).histories;
  refuse_history(session, request, status);
}

/// An edit, a reaction or a deletion has come: a page that was read before lacks it, or shows a text that is erased.
void RoomLocals::outdate_history(RoomLocal& local) {
  if (local.extras == nullptr) return;
  for (HistoryRead& read : local.extras->history_reads) read.outdated = true;
}

/// Whether the log may be further than this shard has heard.
bool RoomLocals::is_in_doubt(const RoomLocal& local) const { return turn_.may_be_replaced() || may_be_behind(local); }

void RoomLocals::start_history(RoomLocal& local, std::uint32_t session, const wire::HistoryRequest& request) {
  if (request.floor > local.last) return end_history(session, request, wire::SyncStatus::Unavailable);
  const bool from_head = request.backward && (!request.from || request.from > local.last);
  // Forward, a page begins at the first event that the reader may see.
  const Seq before = local.visible_from(sessions_.at(session).user).prev();
  const HistoryRange range{.from = from_head          ? local.last.next()
                                   : request.backward ? request.from
                                                      : std::max(request.from, before),
                           .backward = request.backward,
                           .limit = std::clamp(request.limit, 1u, wire::limits::kPageEventsMax)};
  auto& reads = extras(local).history_reads;
  const bool whole = is_in_doubt(local);
  auto at = std::ranges::find_if(
      reads, [&](const HistoryRead& r) { return r.range == range && !r.outdated && (r.whole || !whole); });
  if (at == reads.end()) {
    ++turn_.counters.pages_read;
    at = reads.insert(reads.end(), {.number = ++reads_, .range = range, .whole = whole});
    store_.submit(ports::ReadPage{.room = local.id,
                                  .from = range.from,
                                  .backward = range.backward,
                                  .limit = range.limit,
                                  .bytes_max = static_cast<std::uint32_t>(wire::limits::kPageBytesMax),
                                  .related = true,
                                  .floor = whole ? ports::Floor() : local.floor()},
                  HistoryCall{.room = local.id, .number = at->number});
  }
  at->readers.push_back({.conn = sessions_.conn(session), .request = request, .head = local.last});
}

void RoomLocals::history_read(const HistoryCall& call, ports::StoreCompletion&& done) {
  RoomLocal* local = find(call.room);
  if (local == nullptr || local->extras == nullptr) return;
  auto& reads = local->extras->history_reads;
  const auto at = std::ranges::find(reads, call.number, &HistoryRead::number);
  if (at == reads.end()) return;
  const HistoryRead ended = std::move(*at);
  reads.erase(at);
  auto* read = std::get_if<ports::PageRead>(&done.result);
  if (done.status != ports::StoreStatus::Ok || read == nullptr || !read->exists) {
    for (const HistoryReader& reader : ended.readers) {
      if (sessions_.find(reader.conn) != nullptr) {
        end_history(reader.conn.index, reader.request, wire::SyncStatus::Unavailable);
      }
    }
  } else {
    serve_history(*local, ended, std::move(*read));
  }
  if (local->extras->empty()) local->extras.reset();
}

void RoomLocals::serve_history(RoomLocal& local, const HistoryRead& ended, ports::PageRead&& read) {
  const bool ends_at_head = !ended.range.backward && (read.events.empty() || read.events.back().seq == read.head);
  const bool in_doubt = is_in_doubt(local);
  const bool behind = in_doubt && read.epoch == local.epoch && read.head > local.last;
  if (behind) fetch(local);
  const auto beyond = [&](const wire::Event& event) { return event.seq > local.last; };
  std::erase_if(read.events, beyond);
  std::erase_if(read.related, beyond);
  wire::ServerFrame frame{wire::HistoryPage{.room = local.id,
                                            .epoch = local.epoch,
                                            .hash_before = read.hash_before,
                                            .events = std::move(read.events),
                                            .related = std::move(read.related),
                                            .as_of = std::min(read.related_to, local.last),
                                            .min_seq = read.min_seq,
                                            .head = local.last}};
  auto& page = std::get<wire::HistoryPage>(frame);
  fit(page, ended.range.backward);
  for (const HistoryReader& reader : ended.readers) {
    Session* s = sessions_.find(reader.conn);
    if (s == nullptr) continue;
    const std::uint32_t session = reader.conn.index;
    const Seq oldest = local.visible_from(s->user);
    const bool all_cut = !ended.range.backward && !page.events.empty() && page.events.back().seq < oldest;
    if (room_of(session, local.id) == nullptr) {
      end_history(session, reader.request, wire::SyncStatus::NotMember);
    } else if (behind || reader.request.floor > local.last || !sessions_.has_room(session)) {
      // A page must not be what closes the session for reading slowly.
      end_history(session, reader.request, wire::SyncStatus::Unavailable);
    } else if ((ends_at_head && reader.head > read.head) || (in_doubt && !ended.whole) || all_cut) {
      // The read began before this one asked, or before the doubt; or retention has cut all that it found.
      start_history(local, session, reader.request);
    } else {
      --s->histories;
      page.request_id = reader.request.request_id;
      if (oldest <= page.min_seq) {
        sessions_.send(session, frame);
      } else {
        wire::HistoryPage theirs = page;
        hide_before(theirs, oldest);
        sessions_.send(session, theirs);
      }
    }
  }
}

}  // namespace starling::core
