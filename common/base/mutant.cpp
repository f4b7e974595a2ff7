#include "common/base/mutant.h"

#include <array>
#include <utility>

namespace starling {
namespace {

constexpr std::array<std::pair<std::string_view, Mutant>, 33> kNames{{
    {"M1_PublishBeforeCommit", Mutant::M1_PublishBeforeCommit},
    {"M2_WarningIsAck", Mutant::M2_WarningIsAck},
    {"M3_SingleStatement", Mutant::M3_SingleStatement},
    {"M4_AckBeforeCommit", Mutant::M4_AckBeforeCommit},
    {"M5_NoBarrier", Mutant::M5_NoBarrier},
    {"M6_NoDigests", Mutant::M6_NoDigests},
    {"M7_HistoryBeforeRegistration", Mutant::M7_HistoryBeforeRegistration},
    {"M8_ReplicaWithoutFloor", Mutant::M8_ReplicaWithoutFloor},
    {"M9_DedupeWindow", Mutant::M9_DedupeWindow},
    {"M10_AckMovesCursor", Mutant::M10_AckMovesCursor},
    {"M11_MembershipOutsideLock", Mutant::M11_MembershipOutsideLock},
    {"M12_InPlaceEdit", Mutant::M12_InPlaceEdit},
    {"M13_CacheBelieved", Mutant::M13_CacheBelieved},
    {"M14_ViewInDirectory", Mutant::M14_ViewInDirectory},
    {"M15_ClockUnclamped", Mutant::M15_ClockUnclamped},
    {"M16_SlowConsumerDropsOldest", Mutant::M16_SlowConsumerDropsOldest},
    {"M17_ReorderOnRetry", Mutant::M17_ReorderOnRetry},
    {"M18_WallClockLease", Mutant::M18_WallClockLease},
    {"M20_EpochIgnored", Mutant::M20_EpochIgnored},
    {"MovedUnregistered", Mutant::MovedUnregistered},
    {"HistoryLeak", Mutant::HistoryLeak},
    {"ItemsUntold", Mutant::ItemsUntold},
    {"MutedSpeak", Mutant::MutedSpeak},
    {"SynchronousOff", Mutant::SynchronousOff},
    {"G11_PresenceStuck", Mutant::G11_PresenceStuck},
    {"G20_MarkBeyondHead", Mutant::G20_MarkBeyondHead},
    {"MembersSetTopic", Mutant::MembersSetTopic},
    {"SearchBeyondRemoval", Mutant::SearchBeyondRemoval},
    {"BusTakesAnyKey", Mutant::BusTakesAnyKey},
    {"RefreshTwice", Mutant::RefreshTwice},
    {"DisabledStaysIn", Mutant::DisabledStaysIn},
    {"WsLengthCut", Mutant::WsLengthCut},
    {"WsMaskOffset", Mutant::WsMaskOffset},
}};

}  // namespace

Mutant mutant_by_name(std::string_view name) {
  for (const auto& [full, m] : kNames) {
    if (name == full || name == full.substr(0, full.find('_'))) return m;
  }
  return Mutant::None;
}

bool plant(const char* name) {
  if (name == nullptr) return true;
#if defined(STARLING_MUTANTS)
  chosen_mutant = mutant_by_name(name);
  return chosen_mutant != Mutant::None;
#else
  return false;
#endif
}

std::string_view name_of(Mutant m) {
  for (const auto& [full, each] : kNames) {
    if (each == m) return full;
  }
  return "None";
}

}  // namespace starling
