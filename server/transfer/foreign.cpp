#include "server/transfer/foreign.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "server/transfer/archive_files.h"
#include "server/transfer/fields.h"
#include "server/transfer/mattermost.h"
#include "server/transfer/slack.h"

namespace starling::transfer {
namespace {

void feed(const ForeignArchive& archive, const ArchiveFiles& files, const TakeLine& take, Skipped& skipped) {
  ForeignLines lines(take, skipped);
  switch (archive.kind) {
    case ForeignKind::Slack:
      return read_slack(files, lines);
    case ForeignKind::Mattermost:
      return read_mattermost(files, lines);
  }
}

}  // namespace

Result<ImportReport, ImportError> import_archive(const Destination& to, const ImportPlan& plan,
                                                 const ForeignArchive& archive, Skipped& skipped) {
  const auto files = ArchiveFiles::open(archive.path, archive.scratch);
  if (!files) return tl::unexpected(ImportError{.text = files.error()});
  return import_lines(to, plan, [&](const TakeLine& take) { feed(archive, *files, take, skipped); });
}

Result<void, std::string> convert_archive(const ForeignArchive& archive, std::FILE* out, Skipped& skipped) {
  const auto files = ArchiveFiles::open(archive.path, archive.scratch);
  if (!files) return tl::unexpected(files.error());
  try {
    const TakeLine put = [&](std::string_view line) {
      if (std::fwrite(line.data(), 1, line.size(), out) != line.size() || std::fputc('\n', out) == EOF) {
        refuse(fmt::format("cannot write the lines: {}", std::strerror(errno)));
      }
    };
    feed(archive, *files, put, skipped);
    if (std::fflush(out) != 0) refuse(fmt::format("cannot write the lines: {}", std::strerror(errno)));
    return {};
  } catch (const store::SqliteError& error) {
    return tl::unexpected(std::string(error.what()));
  }
}

}  // namespace starling::transfer
