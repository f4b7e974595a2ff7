// Planted bugs: each breaks one rule on purpose, to prove that a checker watches it. Compiled in only by the `mutants`
// preset and chosen at run time; elsewhere `mutant()` is the constant false and the branch disappears.
#pragma once

#include <cstdint>
#include <string_view>

namespace starling {

enum class Mutant : std::uint8_t {
  None = 0,
  M1_PublishBeforeCommit,
  M2_WarningIsAck,     // a wait for the standby that was cancelled reports success: believed
  M3_SingleStatement,  // a commit looks for duplicates in what it saw before it had the room's lock
  M4_AckBeforeCommit,
  M5_NoBarrier,  // what is read is told before a standby has it
  M6_NoDigests,  // neither heartbeats nor digests: a lost tail is found by the next event alone
  M7_HistoryBeforeRegistration,
  M8_ReplicaWithoutFloor,  // a standby's page is believed, however far behind it is
  M9_DedupeWindow,
  M10_AckMovesCursor,
  M11_MembershipOutsideLock,
  M12_InPlaceEdit,
  M13_CacheBelieved,    // the cache of newest events is appended to whatever is there, and believed
  M14_ViewInDirectory,  // the book of views is kept where the cache is
  M15_ClockUnclamped,   // an event's time is what the home's clock says, and never goes back
  M16_SlowConsumerDropsOldest,
  M17_ReorderOnRetry,
  M18_WallClockLease,   // a node's lease is measured by its wall clock
  M20_EpochIgnored,     // a cursor of another epoch is taken for one of this
  MovedUnregistered,    // a room whose home is another is not registered there
  HistoryLeak,          // what a room hides from those who joined later is shown to them
  ItemsUntold,          // a change of a user's items is not told to the devices that are connected
  MutedSpeak,           // a muted member's messages are accepted
  G11_PresenceStuck,    // who was away once is shown so for ever
  G20_MarkBeyondHead,   // a receipt is believed without looking at the head
  SynchronousOff,       // SQLite without fsync: power loss may take acknowledged messages
  MembersSetTopic,      // a plain member may set a room's topic
  SearchBeyondRemoval,  // whoever was removed from a room still finds what is said there
  BusTakesAnyKey,       // a node with a key that is not on the list may listen to the bus
  RefreshTwice,         // a refresh token is taken however often it was used
  DisabledStaysIn,      // disabling an account ends none of its devices
  WsLengthCut,          // a frame's length is cut to 32 bits before it is judged: the fuzzer's to find
  WsMaskOffset,         // the mask of a payload that came in pieces starts anew with each: likewise
};

#if defined(STARLING_MUTANTS)
inline Mutant chosen_mutant = Mutant::None;  // set once, before any thread starts
inline bool mutant(Mutant m) { return chosen_mutant == m; }
#else
constexpr bool mutant(Mutant) { return false; }
#endif

/// "M4" or "M4_AckBeforeCommit" to the enumerator; None when there is none of that name.
Mutant mutant_by_name(std::string_view name);
/// Plants the bug that is named; null: none. Programs take the name from STARLING_MUTANT. False when there is none of that
/// name, or none is compiled in: a run without it would prove nothing.
bool plant(const char* name);
std::string_view name_of(Mutant m);

}  // namespace starling
