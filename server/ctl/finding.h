// What `starlingctl doctor` found, one thing a line, with the command that mends it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace starling::ctl {

enum class Verdict : std::uint8_t { Ok, Warn, Fail };

struct Finding {
  std::string_view what;  // one word: "descriptors"
  Verdict verdict = Verdict::Ok;
  std::string text;
  std::string fix;  // a command, or a line of the configuration; empty when there is nothing to mend
};

/// Warnings alone: the server starts, and something will be wanting later.
inline constexpr int kExitWarnings = 3;

int exit_code_of(const std::vector<Finding>& findings);
std::string to_text(const std::vector<Finding>& findings);
/// One object on one line.
std::string to_json(const std::vector<Finding>& findings);

}  // namespace starling::ctl
