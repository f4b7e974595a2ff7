// A bulk export from Mattermost, as lines of an export of ours.
#pragma once

#include "server/transfer/archive_files.h"
#include "server/transfer/foreign_lines.h"

namespace starling::transfer {

/// Posts of a room may stand anywhere in it, so memory grows with the archive. Throws what is wrong with it.
void read_mattermost(const ArchiveFiles& files, ForeignLines& lines);

}  // namespace starling::transfer
