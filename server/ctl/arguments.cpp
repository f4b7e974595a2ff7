#include "server/ctl/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <system_error>
#include <vector>

namespace starling::ctl {
namespace {

/// The command that was named, down to where its words were understood, and its path from the root.
struct Named {
  const CLI::App* command = nullptr;
  std::string path;
};
Named named(const CLI::App* root) {
  Named named{.command = root, .path = "starlingctl"};
  for (auto below = root->get_subcommands(); !below.empty(); below = named.command->get_subcommands()) {
    named.command = below.front();
    named.path += " " + named.command->get_name();
  }
  return named;
}

std::string which_commands(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(each->get_name());
  }
  return fmt::format("one of {}", fmt::join(names, ", "));
}

std::string wrong(const CLI::App* root, const CLI::App& command, const CLI::Error& error) {
  const bool lacks_command = command.get_require_subcommand_min() > 0 && command.get_subcommands().empty();
  if (!lacks_command) return error.what();
  const std::vector<std::string> words = root->remaining(true);
  if (words.empty()) return "a command is wanted, " + which_commands(command);
  return fmt::format("there is no command '{}', only {}", words.front(), which_commands(command));
}

}  // namespace

CLI::Validator whole_number(std::uint64_t min, std::uint64_t max) {
  const auto check = [min, max](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status == std::errc{} && end == text.data() + text.size() && number >= min && number <= max) return {};
    return fmt::format("'{}' is no number from {} to {}", text, min, max);
  };
  return {check, max == UINT64_MAX ? fmt::format("from {}", min) : fmt::format("{} to {}", min, max)};
}

std::string refusal(const CLI::App* root, const CLI::Error& error) {
  const auto [command, path] = named(root);
  std::string what = wrong(root, *command, error);
  std::ranges::replace_if(what, [](unsigned char c) { return std::iscntrl(c) != 0; }, '?');  // of a pasted argument
  return fmt::format("{}: {}; see {} --help\n", path, what, path);
}

}  // namespace starling::ctl
