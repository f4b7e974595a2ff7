// Other programs, as children of this process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace starling::load {

/// Standard output and error go there.
struct OutputFile {
  std::filesystem::path file;
  bool append = false;
  bool errors = true;  // false: they stay where ours go
};

/// The first word is a path, or is looked up in PATH. The child gets `at_our_end` when this process ends before it. -1: no
/// process could be made; one that cannot become the program exits with 127.
pid_t start_program(const std::vector<std::string>& command, const OutputFile& output, int at_our_end);

/// Runs a program to its end; its output goes to `output`. Its exit code; -1 when it could not be run or was killed.
int run_program(const std::vector<std::string>& command, const std::filesystem::path& output);

}  // namespace starling::load
