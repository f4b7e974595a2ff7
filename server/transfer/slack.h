// A workspace's export from Slack, as lines of an export of ours.
#pragma once

#include "server/transfer/archive_files.h"
#include "server/transfer/foreign_lines.h"

namespace starling::transfer {

/// Reads one room at a time; throws what is wrong with the archive. docs/IMPORT.md says what becomes of what.
void read_slack(const ArchiveFiles& files, ForeignLines& lines);

}  // namespace starling::transfer
