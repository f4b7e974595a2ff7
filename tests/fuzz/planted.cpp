#include <cstdio>
#include <cstdlib>

#include "common/base/mutant.h"
#include "tests/fuzz/entry.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("STARLING_MUTANT");
  if (name == nullptr) return 0;
#if defined(STARLING_MUTANTS)
  starling::chosen_mutant = starling::mutant_by_name(name);
  if (starling::chosen_mutant != starling::Mutant::None) return 0;
  std::fprintf(stderr, "there is no planted bug %s\n", name);
#else
  std::fprintf(stderr, "STARLING_MUTANT=%s, but no planted bugs are compiled in\n", name);
#endif
  std::exit(2);
}
