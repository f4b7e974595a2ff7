// Archives of other systems into a database: archive -> lines of an export -> the one importer.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "common/base/result.h"
#include "server/transfer/foreign_lines.h"
#include "server/transfer/import.h"

namespace starling::transfer {

enum class ForeignKind : std::uint8_t { Slack, Mattermost };

struct ForeignArchive {
  ForeignKind kind = ForeignKind::Slack;
  std::string path;     // a directory, a .zip or a file
  std::string scratch;  // where a zip is unpacked for the time
};

/// `skipped` says what did not come along, also after an error.
Result<ImportReport, ImportError> import_archive(const Destination& to, const ImportPlan& plan,
                                                 const ForeignArchive& archive, Skipped& skipped);
/// The same lines to a file instead.
Result<void, std::string> convert_archive(const ForeignArchive& archive, std::FILE* out, Skipped& skipped);

}  // namespace starling::transfer
