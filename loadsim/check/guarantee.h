// The promises of docs/CONTRACT.md that the checkers watch, by their numbers.
#pragma once

#include <cstdint>
#include <string_view>

namespace starling::check {

enum class Guarantee : std::uint8_t {
  G1_AckedIsDurable = 1,
  G2_TotalOrder = 2,
  G3_ExactlyOnce = 3,
  G4_SenderFifo = 4,
  G5_ReadYourWrites = 5,
  G6_Monotone = 6,
  G7_CompleteDelivery = 7,
  G8_Integrity = 8,
  G9_Authorization = 9,
  G10_Convergence = 10,
  G11_Presence = 11,
  G13_Resume = 13,
  G14_BoundedMemory = 14,
  G15_Liveness = 15,
  G16_DurableOutbox = 16,
  G19_HonestEpochs = 19,
  G20_ReadMarkers = 20,
};

/// "G1", "G2", …
std::string_view name_of(Guarantee g);
/// The promise in a few words, for who does not know the numbers.
std::string_view words_of(Guarantee g);

}  // namespace starling::check
