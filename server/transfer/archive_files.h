// A foreign archive as a directory of files: a zip is unpacked beside the database first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace starling::transfer {

/// Owner: one thread. What was unpacked is removed at the end.
class ArchiveFiles {
 public:
  /// `archive`: a directory, a .zip, or a single file. A zip's JSON goes to a new folder in `scratch`; names that would lead out
  /// of it are refused, files of other kinds are left. The error says what to do.
  static Result<ArchiveFiles, std::string> open(const std::string& archive, const std::string& scratch);

  ArchiveFiles(ArchiveFiles&& other) noexcept;
  ArchiveFiles& operator=(ArchiveFiles other) noexcept;
  ~ArchiveFiles();

  /// Where the files are; the file itself when the archive is a single one.
  const std::string& root() const { return root_; }
  /// Names in a folder of it (empty: the topmost), sorted; empty when there is none.
  std::vector<std::string> names(std::string_view folder) const;
  bool has(std::string_view name) const;
  /// The whole of a file; throws.
  std::string read(std::string_view name) const;

 private:
  explicit ArchiveFiles(std::string root) : root_(std::move(root)) {}

  std::string root_;
  std::string unpacked_;  // to remove
};

}  // namespace starling::transfer
