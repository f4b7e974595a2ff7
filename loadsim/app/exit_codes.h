// What the process tells its caller.
#pragma once

namespace starling::loadsim {

inline constexpr int kExitPass = 0;
inline constexpr int kExitUsage = 1;  // bad usage, or it could not run
inline constexpr int kExitObjectiveMissed = 2;
inline constexpr int kExitViolated = 3;
inline constexpr int kExitGeneratorUnfit = 4;

}  // namespace starling::loadsim
