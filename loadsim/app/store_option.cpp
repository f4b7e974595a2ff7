#include "loadsim/app/store_option.h"

#include <CLI/CLI.hpp>

namespace starling::loadsim {

void add_store_option(CLI::App& command, StoreChoice& choice, const std::string& otherwise) {
  command
      .add_option_function<std::string>(
          "--store",
          [&choice](const std::string& name) {
            choice = name == "postgres" ? sim::StoreKind::Postgres : sim::StoreKind::Embedded;
          },
          "What the server keeps its rooms in; without: " + otherwise)
      ->check(CLI::IsMember({"embedded", "postgres"}));
}

sim::StoreKind store_of(std::uint64_t seed, StoreChoice choice) {
  return choice.value_or(seed % 2 == 0 ? sim::StoreKind::Postgres : sim::StoreKind::Embedded);
}

std::string store_words(StoreChoice choice) {
  if (!choice) return "";
  return *choice == sim::StoreKind::Postgres ? " --store postgres" : " --store embedded";
}

sim::StoreKind store_for(Mutant bug) {
  const bool of_server = bug == Mutant::M2_WarningIsAck || bug == Mutant::M3_SingleStatement ||
                         bug == Mutant::M5_NoBarrier || bug == Mutant::M8_ReplicaWithoutFloor ||
                         bug == Mutant::M13_CacheBelieved;
  return of_server ? sim::StoreKind::Postgres : sim::StoreKind::Embedded;
}

}  // namespace starling::loadsim
