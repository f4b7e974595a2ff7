#include "loadsim/check/violation.h"

namespace starling::check {

std::string_view name_of(Guarantee g) {
  switch (g) {
    case Guarantee::G1_AckedIsDurable:
      return "G1";
    case Guarantee::G2_TotalOrder:
      return "G2";
    case Guarantee::G3_ExactlyOnce:
      return "G3";
    case Guarantee::G4_SenderFifo:
      return "G4";
    case Guarantee::G5_ReadYourWrites:
      return "G5";
    case Guarantee::G6_Monotone:
      return "G6";
    case Guarantee::G7_CompleteDelivery:
      return "G7";
    case Guarantee::G8_Integrity:
      return "G8";
    case Guarantee::G9_Authorization:
      return "G9";
    case Guarantee::G10_Convergence:
      return "G10";
    case Guarantee::G11_Presence:
      return "G11";
    case Guarantee::G13_Resume:
      return "G13";
    case Guarantee::G14_BoundedMemory:
      return "G14";
    case Guarantee::G15_Liveness:
      return "G15";
    case Guarantee::G16_DurableOutbox:
      return "G16";
    case Guarantee::G19_HonestEpochs:
      return "G19";
    case Guarantee::G20_ReadMarkers:
      return "G20";
  }
  return "G?";
}

std::string to_string(const Violation& v) {
  std::string line(name_of(v.guarantee));
  const auto add = [&](const char* what, std::uint64_t value) {
    if (value != 0) line.append(" ").append(what).append(" ").append(std::to_string(value));
  };
  add("room", v.room.value);
  add("seq", v.seq.value);
  add("user", v.user.value);
  add("device", v.device.value);
  return line.append(": ").append(v.text);
}

}  // namespace starling::check
