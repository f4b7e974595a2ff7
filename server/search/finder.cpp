#include "server/search/finder.h"

#include <algorithm>
#include <limits>

#include "server/search/fold.h"
#include "server/search/grams.h"
#include "server/search/hours.h"
#include "server/search/index_file.h"
#include "server/search/tokenizer.h"

namespace starling::search {
namespace {

using sqlite::Rows;

/// A cursor: the index's generation above the id.
constexpr int kIdBits = 48;
constexpr std::uint64_t kIdMask = (std::uint64_t{1} << kIdBits) - 1;

}  // namespace

Finder::Finder(const std::string& index_path, std::unique_ptr<Log> log, std::uint64_t candidates_max)
    : candidates_max_(candidates_max),
      log_(std::move(log)),
      connection_(open_finder(index_path)),
      generation_(static_cast<std::uint64_t>(connection_.number("SELECT generation FROM meta"))),
      room_(connection_, "SELECT number, docs FROM rooms WHERE room_id = ?"),
      total_(connection_, "SELECT next_id FROM meta"),
      from_(connection_, "SELECT min(first_id) FROM hours WHERE hour >= ?"),
      to_(connection_, "SELECT max(last_id) FROM hours WHERE hour <= ?"),
      candidates_(connection_,
                  "SELECT d.id, d.room, d.seq, d.sender, d.ts, d.text FROM grams g CROSS JOIN docs d "
                  "ON d.id = g.rowid WHERE g.grams MATCH ?1 AND g.rowid >= ?2 AND g.rowid < ?3 ORDER BY g.rowid DESC") {
}

Result<SearchPage, SearchError> Finder::find(const SearchQuery& query) {
  auto planned = plan(query);
  if (!planned) return fail(planned.error());
  Plan& plan = *planned;
  SearchPage page;
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, limits::kHitsMax);
  std::uint64_t looked_at = 0;
  bool more = !plan.rooms.empty();
  for (int asked = 0; more && page.hits.size() < limit && asked < limits::kAsksMax; ++asked) {
    std::vector<Candidate> candidates;
    more = propose(query, plan, limit - page.hits.size(), looked_at, candidates);
    read(query, plan, candidates, page.hits);
    if (looked_at >= candidates_max_) break;
  }
  if (more) page.next = generation_ << kIdBits | plan.below;
  log_->prove();
  return page;
}

Result<Finder::Plan, SearchError> Finder::plan(const SearchQuery& query) {
  Plan plan;
  auto terms = terms_of(query.text);
  if (!terms) return fail(terms.error());
  plan.terms = std::move(*terms);
  const auto tokens = tokens_of(plan.terms);
  if (!tokens) return fail(tokens.error());
  if (query.before != 0 && query.before >> kIdBits != generation_) return fail(SearchError::StaleCursor);
  plan.below = query.before != 0 ? query.before & kIdMask : kIdMask;
  see_rooms(query, plan);
  if (plan.rooms.empty()) return plan;
  bound_by_time(query, plan);
  MatchText match;
  const auto named = named_rooms(plan, query.room.has_value());
  if (!named.empty()) match.one_of(named);
  if (query.sender) match.all_of({sender_mark(query.sender->value)});
  plan.match = match.all_of(*tokens).text();
  return plan;
}

void Finder::see_rooms(const SearchQuery& query, Plan& plan) {
  for (const LogSight& sight : log_->sights_of(query.user, query.room)) {
    Rows rows = room_.query(sight.room);
    if (!rows.next()) continue;
    plan.rooms[rows.u64(0)] = {.room = sight.room, .visible_from = sight.visible_from, .docs = rows.u64(1)};
  }
}

/// Few rooms with little in them: the index finds theirs. Else most of what is found is theirs anyway.
std::vector<std::string> Finder::named_rooms(const Plan& plan, bool one) {
  std::vector<std::string> marks;
  if (plan.rooms.size() > limits::kRoomsNamedMax) return marks;
  std::uint64_t docs = 0;
  for (const auto& [number, sight] : plan.rooms) docs += sight.docs;
  Rows rows = total_.query();
  const std::uint64_t all = rows.next() ? rows.u64(0) : 0;
  if (!one && docs > all / limits::kShareNamed) return marks;
  for (const auto& [number, sight] : plan.rooms) marks.push_back(room_mark(number));
  return marks;
}

void Finder::bound_by_time(const SearchQuery& query, Plan& plan) {
  if (query.from) {
    Rows rows = from_.query(hour_of(to_ms(*query.from)));
    plan.first = rows.next() && rows.u64(0) != 0 ? rows.u64(0) : plan.below;
  }
  if (query.to) {
    Rows rows = to_.query(hour_of(to_ms(*query.to)));
    plan.below = std::min(plan.below, rows.next() ? rows.u64(0) + 1 : 0);
  }
}

bool Finder::propose(const SearchQuery& query, Plan& plan, std::size_t wanted, std::uint64_t& looked_at,
                     std::vector<Candidate>& candidates) {
  Rows rows = candidates_.query(plan.match, plan.first, plan.below);
  while (rows.next()) {
    plan.below = rows.u64(0);
    ++looked_at;
    const auto room = plan.rooms.find(rows.u64(1));
    const bool visible = room != plan.rooms.end() && rows.as<Seq>(2) >= room->second.visible_from;
    const WallTime ts = wall_from_ms(rows.i64(4));
    if (visible && (!query.sender || rows.as<UserId>(3) == *query.sender) && (!query.from || ts >= *query.from) &&
        (!query.to || ts < *query.to) && matches(plan.terms, rows.bytes(5))) {
      candidates.push_back({.room = room->second.room, .seq = rows.as<Seq>(2)});
    }
    if (candidates.size() == wanted || looked_at >= candidates_max_) return true;
  }
  return false;
}

void Finder::read(const SearchQuery& query, const Plan& plan, const std::vector<Candidate>& candidates,
                  std::vector<SearchHit>& hits) {
  if (candidates.empty()) return;
  auto messages = log_->messages(query.user, candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!messages[i]) continue;
    LogMessage& message = *messages[i];
    // An edit may be newer than the index, and a number may name another message after a restore.
    if (!matches(plan.terms, fold(message.text)) || (query.sender && message.sender != *query.sender)) continue;
    hits.push_back({.room = candidates[i].room,
                    .seq = candidates[i].seq,
                    .sender = message.sender,
                    .ts = message.ts,
                    .text = std::move(message.text),
                    .spans = {}});
    hits.back().spans = spans_of(plan.terms, hits.back().text);
  }
}

}  // namespace starling::search
