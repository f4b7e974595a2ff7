// A search and its answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "server/search/limits.h"
#include "server/search/spans.h"

namespace starling::search {

struct SearchQuery {
  UserId user;  // sees the rooms that it is a member of, now
  std::string text;
  std::optional<RoomId> room;
  std::optional<UserId> sender;
  std::optional<WallTime> from;  // at or after
  std::optional<WallTime> to;    // before
  std::uint64_t before = 0;      // `next` of the page before; 0: from the newest
  std::uint32_t limit = limits::kHitsShipped;
};

struct SearchHit {
  RoomId room;
  Seq seq;
  UserId sender;
  WallTime ts;
  std::string text;  // as it is now, edits included
  std::vector<Span> spans;
};

struct SearchPage {
  std::vector<SearchHit> hits;  // newest first
  /// `before` of the next page; 0: there is none. A page may be short, or empty, and yet have a next one.
  std::uint64_t next = 0;
  bool catching_up = false;  // the index is behind the log: what is new may be missing
};

}  // namespace starling::search
