#include "server/search/finder.h"

#include <algorithm>
#include <limits>

#include "common/base/mutant.h"
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

bool has_column(sqlite::Connection& connection) {
  return connection.number("SELECT count(*) FROM pragma_table_info('members', 'log') WHERE name = 'visible_from'") > 0;
}

/// Of `m`, a member's row: it stays when its user is removed.
const char* present() { return mutant(Mutant::SearchBeyondRemoval) ? "1" : "m.leave_seq = 0"; }

std::string rooms_sql(bool has_visible_from) {
  return std::string("SELECT r.number, r.docs, ") + (has_visible_from ? "m.visible_from" : "1") +
         " FROM log.members m JOIN main.rooms r ON r.room_id = m.room_id "
         "WHERE m.user_id = ?1 AND (?2 = 0 OR m.room_id = ?2) AND " +
         present();
}

/// The message as it is now, if this user may read it now.
std::string hit_sql(bool has_visible_from) {
  return std::string(
             "SELECT r.room_id, e.sender, e.ts, coalesce((SELECT x.body FROM log.events x WHERE x.room_id = e.room_id "
             "AND x.target = e.seq AND x.target <> 0 AND x.kind <> 1 AND x.kind = 2 ORDER BY x.seq DESC LIMIT 1), "
             "e.body) FROM main.rooms n JOIN log.rooms r ON r.room_id = n.room_id "
             "JOIN log.members m ON m.room_id = r.room_id AND m.user_id = ?3 "
             "JOIN log.events e ON e.room_id = r.room_id AND e.seq = ?2 "
             "WHERE n.number = ?1 AND e.kind = 1 AND e.erased_hash = 0 AND e.seq >= r.min_seq AND ") +
         present() + (has_visible_from ? " AND e.seq >= m.visible_from" : "");
}

}  // namespace

Finder::Finder(const std::string& index_path, const std::string& log_path, std::uint64_t candidates_max)
    : candidates_max_(candidates_max),
      connection_(open_finder(index_path, log_path)),
      has_visible_from_(has_column(connection_)),
      generation_(static_cast<std::uint64_t>(connection_.number("SELECT generation FROM main.meta"))),
      rooms_(connection_, rooms_sql(has_visible_from_)),
      total_(connection_, "SELECT next_id FROM main.meta"),
      from_(connection_, "SELECT min(first_id) FROM main.hours WHERE hour >= ?"),
      to_(connection_, "SELECT max(last_id) FROM main.hours WHERE hour <= ?"),
      candidates_(connection_,
                  "SELECT d.id, d.room, d.seq, d.sender, d.ts, d.text FROM main.grams g CROSS JOIN main.docs d "
                  "ON d.id = g.rowid WHERE g.grams MATCH ?1 AND g.rowid >= ?2 AND g.rowid < ?3 ORDER BY g.rowid DESC"),
      hit_(connection_, hit_sql(has_visible_from_)) {}

Result<SearchPage, SearchError> Finder::find(const SearchQuery& query) {
  auto planned = plan(query);
  if (!planned) return fail(planned.error());
  Plan& plan = *planned;
  SearchPage page;
  if (plan.rooms.empty()) return page;
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, limits::kHitsMax);
  std::uint64_t looked_at = 0;
  bool more = true;
  while (more && page.hits.size() < limit) {
    std::vector<Candidate> candidates;
    more = propose(query, plan, limit - page.hits.size(), looked_at, candidates);
    // The scan has ended: no snapshot of the log is older than a page.
    for (const Candidate& candidate : candidates) {
      SearchHit hit;
      if (read(query, plan, candidate, hit)) page.hits.push_back(std::move(hit));
    }
    if (looked_at >= candidates_max_) break;
  }
  if (more) page.next = generation_ << kIdBits | plan.below;
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
  Rows rows = rooms_.query(query.user, query.room.value_or(RoomId()));
  while (rows.next()) plan.rooms[rows.u64(0)] = {.visible_from = rows.as<Seq>(2), .docs = rows.u64(1)};
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
      candidates.push_back({.id = plan.below, .room = rows.u64(1), .seq = rows.as<Seq>(2)});
    }
    if (candidates.size() == wanted || looked_at >= candidates_max_) return true;
  }
  return false;
}

bool Finder::read(const SearchQuery& query, const Plan& plan, const Candidate& candidate, SearchHit& hit) {
  {
    Rows rows = hit_.query(candidate.room, candidate.seq, query.user);
    if (!rows.next()) return false;
    hit = {.room = rows.as<RoomId>(0),
           .seq = candidate.seq,
           .sender = rows.as<UserId>(1),
           .ts = wall_from_ms(rows.i64(2)),
           .text = std::string(rows.bytes(3)),
           .spans = {}};
  }
  // An edit may be newer than the index, and a number may name another message after a restore.
  if (!matches(plan.terms, fold(hit.text)) || (query.sender && hit.sender != *query.sender)) return false;
  hit.spans = spans_of(plan.terms, hit.text);
  return true;
}

}  // namespace starling::search
