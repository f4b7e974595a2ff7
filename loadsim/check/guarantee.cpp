#include "loadsim/check/guarantee.h"

namespace starling::check {
namespace {

struct Promise {
  std::string_view name;
  std::string_view words;
};

Promise promise(Guarantee g) {
  switch (g) {
    case Guarantee::G1_AckedIsDurable:
      return {"G1", "what is acknowledged is in the log for ever"};
    case Guarantee::G2_TotalOrder:
      return {"G2", "everybody is shown the same order, without a gap"};
    case Guarantee::G3_ExactlyOnce:
      return {"G3", "a message is in the log once, however often it was sent"};
    case Guarantee::G4_SenderFifo:
      return {"G4", "a device's messages are in the order in which it sent them"};
    case Guarantee::G5_ReadYourWrites:
      return {"G5", "an answer is as new as what was seen before it was asked for"};
    case Guarantee::G6_Monotone:
      return {"G6", "nobody sees anything go back"};
    case Guarantee::G7_CompleteDelivery:
      return {"G7", "every member's device is shown every message"};
    case Guarantee::G8_Integrity:
      return {"G8", "nothing is invented, altered or told in another room"};
    case Guarantee::G9_Authorization:
      return {"G9", "who may not write does not, and who may not read is not told"};
    case Guarantee::G10_Convergence:
      return {"G10", "equal logs make equal rooms"};
    case Guarantee::G11_Presence:
      return {"G11", "people are shown as they are"};
    case Guarantee::G13_Resume:
      return {"G13", "whoever resumes misses nothing"};
    case Guarantee::G14_BoundedMemory:
      return {"G14", "nothing that waits grows without bound"};
    case Guarantee::G15_Liveness:
      return {"G15", "when nothing is in the way, everything comes to rest"};
    case Guarantee::G16_DurableOutbox:
      return {"G16", "what a device shows as pending is sent in the end"};
    case Guarantee::G19_HonestEpochs:
      return {"G19", "a place in the log names one message, for ever"};
    case Guarantee::G20_ReadMarkers:
      return {"G20", "read markers go forward, and never beyond the head"};
  }
  return {"G?", "?"};
}

}  // namespace

std::string_view name_of(Guarantee g) { return promise(g).name; }
std::string_view words_of(Guarantee g) { return promise(g).words; }

}  // namespace starling::check
