// What colleagues say to each other: for demonstrations, where a person reads along. The stamp that the oracles read is in
// every message all the same, in characters of no width (loadsim/check/stamp.h).
#pragma once

#include <cstdint>
#include <string>

namespace starling::people {

/// One of many thousand sentences, the same for the same number.
std::string small_talk(std::uint64_t number);

}  // namespace starling::people
