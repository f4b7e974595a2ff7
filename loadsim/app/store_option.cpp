#include "loadsim/app/store_option.h"

#include <CLI/CLI.hpp>
#include <map>

namespace starling::loadsim {

void add_store_option(CLI::App& command, sim::StoreKind& store) {
  const std::map<std::string, sim::StoreKind> kinds{{"embedded", sim::StoreKind::Embedded},
                                                    {"postgres", sim::StoreKind::Postgres}};
  command.add_option("--store", store, "What the server keeps its rooms in: embedded or postgres")
      ->transform(CLI::CheckedTransformer(kinds));
}

std::string store_words(sim::StoreKind store) {
  return store == sim::StoreKind::Postgres ? " --store postgres" : std::string();
}

sim::StoreKind store_for(Mutant bug) {
  const bool of_server = bug == Mutant::M2_WarningIsAck || bug == Mutant::M3_SingleStatement ||
                         bug == Mutant::M5_NoBarrier || bug == Mutant::M8_ReplicaWithoutFloor;
  return of_server ? sim::StoreKind::Postgres : sim::StoreKind::Embedded;
}

}  // namespace starling::loadsim
