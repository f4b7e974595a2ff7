// A file of lines, read front to back.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace starling::transfer {

/// Owner: one thread.
class LineFile {
 public:
  /// `-`: standard input. The error says what to do.
  static Result<LineFile, std::string> open(const std::string& path, std::size_t line_bytes_max);

  /// False at the end, or after an error. Without its line feed; valid until the next call.
  bool next(std::string_view& line);
  /// After the end: why there was one; empty when the file simply ended.
  const std::string& error() const { return error_; }
  /// Of a file that can be read twice: its last line. Empty where it cannot be told.
  std::string last_line() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };
  LineFile(std::FILE* file, std::size_t line_bytes_max) : file_(file), line_bytes_max_(line_bytes_max) {}

  std::unique_ptr<std::FILE, Close> file_;
  std::size_t line_bytes_max_;
  std::string error_;
  std::string line_;
};

}  // namespace starling::transfer
