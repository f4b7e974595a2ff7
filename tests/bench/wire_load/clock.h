// The machine's clocks, and what a process has used of its cores.
#pragma once

#include "common/base/time.h"

namespace starling::bench {

Instant steady_now();

/// User and system time of a whole process so far, in the kernel's ticks of 10 ms. Zero when there is no such process.
Duration cpu_of(int pid);
/// Of this process, exactly.
Duration cpu_of_self();

}  // namespace starling::bench
