// Answers searches from the index and the log.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "common/sqlite/sqlite.h"
#include "server/search/query.h"
#include "server/search/terms.h"

namespace starling::search {

/// Owner: one thread at a time. Throws SqliteError.
///
/// The index only proposes: every hit is read from the log, joined with the members of its room at that moment.
class Finder {
 public:
  /// `candidates_max`: tests lower it.
  Finder(const std::string& index_path, const std::string& log_path,
         std::uint64_t candidates_max = limits::kCandidatesMax);

  Result<SearchPage, SearchError> find(const SearchQuery& query);

 private:
  struct Sight {
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
  struct Candidate {
    std::uint64_t id = 0;
    std::uint64_t room = 0;
    Seq seq;
  };

  Result<Plan, SearchError> plan(const SearchQuery& query);
  void see_rooms(const SearchQuery& query, Plan& plan);
  std::vector<std::string> named_rooms(const Plan& plan, bool one);
  void bound_by_time(const SearchQuery& query, Plan& plan);
  /// The next candidates below `plan.below`, which moves down; at most `wanted`. False when there are no more.
  bool propose(const SearchQuery& query, Plan& plan, std::size_t wanted, std::uint64_t& looked_at,
               std::vector<Candidate>& candidates);
  bool read(const SearchQuery& query, const Plan& plan, const Candidate& candidate, SearchHit& hit);

  std::uint64_t candidates_max_;
  sqlite::Connection connection_;
  bool has_visible_from_;
  std::uint64_t generation_;
  sqlite::Statement rooms_;
  sqlite::Statement total_;
  sqlite::Statement from_;
  sqlite::Statement to_;
  sqlite::Statement candidates_;
  sqlite::Statement hit_;
};

}  // namespace starling::search
