#include "loadsim/app/scenario_input.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace starling::loadsim {

Result<users::Scenario, std::string> read_scenario(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || std::filesystem::is_directory(path)) return tl::unexpected(fmt::format("{} cannot be read", path));
  auto scenario = users::parse_scenario(text.str());
  if (!scenario) {
    std::string lines;
    for (const users::ScenarioError& error : scenario.error()) {
      lines += fmt::format("{}{}:{}: {}", lines.empty() ? "" : "\n", path, error.line, error.message);
    }
    return tl::unexpected(std::move(lines));
  }
  if (scenario->name.empty()) scenario->name = std::filesystem::path(path).stem();
  return std::move(*scenario);
}

}  // namespace starling::loadsim
