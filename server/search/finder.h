// Answers searches from the index and the log.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "common/sqlite/sqlite.h"
#include "server/search/log.h"
#include "server/search/query.h"
#include "server/search/terms.h"

namespace starling::search {

/// Owner: one thread at a time. Throws SqliteError of the index and LogFault of the log.
///
/// The index only proposes: every hit is read from the log, joined with the members of its room at that moment.
class Finder {
 public:
  /// `candidates_max`: tests lower it.
  Finder(const std::string& index_path, std::unique_ptr<Log> log,
         std::uint64_t candidates_max = limits::kCandidatesMax);

  Result<SearchPage, SearchError> find(const SearchQuery& query);

 private:
  struct Sight {
    RoomId room;
    Seq visible_from;
    std::uint64_t docs = 0;
  };
  /// What one search is about; ids of the index.
  struct Plan {
    std::vector<Term> terms;
    std::string match;
    std::unordered_map<std::uint64_t, Sight> rooms;  // by number
    std::uint64_t first = 0;                         // ids from here
    std::uint64_t below = 0;                         // to here
  };
  using Candidate = LogPlace;

  Result<Plan, SearchError> plan(const SearchQuery& query);
  void see_rooms(const SearchQuery& query, Plan& plan);
  std::vector<std::string> named_rooms(const Plan& plan, bool one);
  void bound_by_time(const SearchQuery& query, Plan& plan);
  /// The next candidates below `plan.below`, which moves down; at most `wanted`. False when there are no more.
  bool propose(const SearchQuery& query, Plan& plan, std::size_t wanted, std::uint64_t& looked_at,
               std::vector<Candidate>& candidates);
  /// Those of the candidates that this user may read now, and that still say it.
  void read(const SearchQuery& query, const Plan& plan, const std::vector<Candidate>& candidates,
            std::vector<SearchHit>& hits);

  std::uint64_t candidates_max_;
  std::unique_ptr<Log> log_;
  sqlite::Connection connection_;
  std::uint64_t generation_;
  sqlite::Statement room_;
  sqlite::Statement total_;
  sqlite::Statement from_;
  sqlite::Statement to_;
  sqlite::Statement candidates_;
};

}  // namespace starling::search
