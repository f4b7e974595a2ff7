#include <cstdio>
#include <cstdlib>

#include "common/base/mutant.h"
#include "tests/fuzz/entry.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  if (starling::plant(std::getenv("STARLING_MUTANT"))) return 0;
  std::fputs("STARLING_MUTANT names no planted bug that is compiled in\n", stderr);
  std::exit(2);
}
