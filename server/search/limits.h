// Limits of the search, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "common/wire/limits.h"

namespace starling::search::limits {

/// A query: what a person types, or pastes from one message. Longer ones only cost.
inline constexpr std::size_t kQueryBytesMax = 512;
/// Terms of a query, and tokens that it asks the index for. What is beyond them is still checked in the text.
inline constexpr std::size_t kTermsMax = 16;
inline constexpr std::size_t kTokensMax = 24;

/// Hits of a page.
inline constexpr std::uint32_t kHitsMax = 50;
inline constexpr std::uint32_t kHitsShipped = 20;
/// Spans of a hit: more than fits a line of results helps nobody.
inline constexpr std::size_t kSpansMax = 64;

/// Messages that one page looks at: a query whose words are everywhere and whose matches are nowhere ends here, with a
/// cursor for who wants to go on. About a quarter of a second on a small machine.
inline constexpr std::uint64_t kCandidatesMax = 100'000;
/// How often one page asks the log for messages. Once, but where the index does not know yet of many that are gone.
inline constexpr int kAsksMax = 8;
/// Rooms of a user that are asked for by name in the index. With more, what was found is looked up among them instead:
/// every alternative costs at every step.
inline constexpr std::size_t kRoomsNamedMax = 128;
/// And only when they hold less than one in so many messages.
inline constexpr std::uint64_t kShareNamed = 8;

/// Changes of one transaction of the index: few enough that stopping never waits long, many enough that a segment of
/// the index is worth its merges.
inline constexpr std::size_t kBatchChanges = 4096;
inline constexpr std::size_t kBatchBytes = std::size_t{4} << 20;
/// Events of a room that are read together.
inline constexpr std::uint32_t kReadRows = 64;
/// Rooms whose events are asked for in one query: of one that is not in this process, the way there is most of the price.
inline constexpr std::size_t kRoomsTogether = 128;
/// Events that are read at once, of all rooms together: 64 MB if all of them are as long as they may be.
inline constexpr std::size_t kAheadRows = 4096;
/// When as much waits in memory for its turn, over all rooms that are behind, one event of a room is read at a time.
inline constexpr std::size_t kAheadBytes = std::size_t{64} << 20;
/// Rooms of which the heads are compared in one query.
inline constexpr std::size_t kRoomsPage = 1000;

/// Committed rooms that wait for the indexer. When there are more the heads of all rooms are compared, as at the start.
inline constexpr std::size_t kHintsMax = 4096;
/// A hint that was lost is made good this late.
inline constexpr std::chrono::seconds kCompareEvery{30};
/// Of a log that others write as well, who give no hints: what they wrote is found so late.
inline constexpr std::chrono::seconds kCompareSharedEvery{5};
/// And no more of the time than one part in so many goes into comparing, however many rooms there are.
inline constexpr int kCompareShare = 20;
/// How long commits gather before they are indexed together: a message is found half a second after it was sent, and
/// a busy server does not make a segment a message.
inline constexpr std::chrono::milliseconds kGather{200};
/// After a fault of the disk the index is opened again so late.
inline constexpr std::chrono::seconds kRetryAfter{5};
/// A log that cannot be read is tried again so late, and twice as late each time. A server that waits for its standby keeps
/// what was asked of it after who asked has gone: the most is how seldom that may be.
inline constexpr std::chrono::seconds kLogRetryMin{1};
inline constexpr std::chrono::seconds kLogRetryMax{30};
/// The indexer's share of a core while it is behind: it rests a quarter of the time that it worked, at most so long.
inline constexpr std::chrono::milliseconds kRestMax{50};
inline constexpr int kNice = 10;

/// Page caches.
inline constexpr int kIndexCacheKib = 16 * 1024;
inline constexpr int kLogCacheKib = 256;
inline constexpr int kFinderCacheKib = 8 * 1024;
/// Queries that run at once; each has a connection. More only wait for the same cores.
inline constexpr std::size_t kFindersMax = 2;
/// How long a query waits for a lock: only a recovery of the file takes one.
inline constexpr int kBusyTimeoutMs = 1000;

static_assert(kQueryBytesMax < wire::limits::kBodyBytesMax);

}  // namespace starling::search::limits
