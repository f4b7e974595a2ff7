// The planted bugs that the simulator is to find, and the option that chooses one for a run.
#pragma once

#include <CLI/App.hpp>
#include <array>
#include <string>
#include <string_view>

#include "common/base/mutant.h"

namespace starling::loadsim {

inline constexpr std::array kPlanted{Mutant::M1_PublishBeforeCommit,
                                     Mutant::M2_WarningIsAck,
                                     Mutant::M3_SingleStatement,
                                     Mutant::M4_AckBeforeCommit,
                                     Mutant::M5_NoBarrier,
                                     Mutant::M6_NoDigests,
                                     Mutant::M7_HistoryBeforeRegistration,
                                     Mutant::M8_ReplicaWithoutFloor,
                                     Mutant::M9_DedupeWindow,
                                     Mutant::M10_AckMovesCursor,
                                     Mutant::M11_MembershipOutsideLock,
                                     Mutant::M12_InPlaceEdit,
                                     Mutant::M13_CacheBelieved,
                                     Mutant::M14_ViewInDirectory,
                                     Mutant::M15_ClockUnclamped,
                                     Mutant::M16_SlowConsumerDropsOldest,
                                     Mutant::M17_ReorderOnRetry,
                                     Mutant::M18_WallClockLease,
                                     Mutant::M20_EpochIgnored,
                                     Mutant::MovedUnregistered,
                                     Mutant::HistoryLeak,
                                     Mutant::ItemsUntold,
                                     Mutant::MutedSpeak,
                                     Mutant::SynchronousOff,
                                     Mutant::G11_PresenceStuck,
                                     Mutant::G20_MarkBeyondHead};

/// By its name or the beginning of it, as in M4. Throws CLI::ValidationError, which lists them.
Mutant planted_bug(std::string_view name);

/// --mutant NAME: from then on this process has that bug. Refused where none are compiled in.
void add_mutant_option(CLI::App& command);
/// " --mutant NAME" for a command that shows the same again; empty without one.
std::string mutant_words();

}  // namespace starling::loadsim
