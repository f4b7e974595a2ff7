// TOML to Config and back.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/app/config.h"

namespace starling::app {

struct ConfigError {
  std::uint32_t line = 0;  // 0: not tied to a line
  std::string message;     // says what is wrong and how to fix it

  bool operator==(const ConfigError&) const = default;
};

struct ParsedConfig {
  Config config;
  std::vector<ConfigError> errors;             // all of them, by line
  std::map<std::string, std::uint32_t> lines;  // where a key was set, by its path
};

/// Keys that are not named keep their shipped values.
ParsedConfig parse_config(std::string_view toml);

/// Whether the files that only a running server reads, such as its certificate, have to be there.
enum class ServerFiles : std::uint8_t { Needed, NotNeeded };

/// Reads and parses a file; an empty path is the shipped configuration. Checked as a whole.
ParsedConfig load_config(const std::string& path, ServerFiles files = ServerFiles::Needed);
/// One line an error, as compilers write them: FILE:LINE: message.
std::string format_errors(const std::string& path, const std::vector<ConfigError>& errors);

/// Adds what is wrong with the tree as a whole: files that are missing, settings that contradict each other.
void check_config(ParsedConfig& parsed, ServerFiles files = ServerFiles::Needed);

/// A file with every key in force, its comment, and where it differs from the shipped value, that value.
std::string print_config(const Config& config);

}  // namespace starling::app
