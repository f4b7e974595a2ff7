#include "loadsim/app/planted_bug.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace starling::loadsim {

Mutant planted_bug(std::string_view name) {
  const Mutant bug = mutant_by_name(name);
  if (std::find(kPlanted.begin(), kPlanted.end(), bug) != kPlanted.end()) return bug;
  std::string text = "there is no planted bug '" + std::string(name) + "'; there are";
  for (const Mutant each : kPlanted) text.append(" ").append(name_of(each));
  throw CLI::ValidationError(text);
}

void add_mutant_option(CLI::App& command) {
  const auto choose = [](const std::string& name) {
#if defined(STARLING_MUTANTS)
    chosen_mutant = planted_bug(name);
#else
    throw CLI::ValidationError("--mutant " + name +
                               ": no bugs are planted in this build; './dev build mutants starling-loadsim' makes "
                               "build/mutants/bin/starling-loadsim, where they are");
#endif
  };
  command.add_option_function<std::string>("--mutant", choose, "With a planted bug, as in M4 (mutants preset only)");
}

std::string mutant_words() {
#if defined(STARLING_MUTANTS)
  if (chosen_mutant != Mutant::None) return " --mutant " + std::string(name_of(chosen_mutant));
#endif
  return {};
}

}  // namespace starling::loadsim
