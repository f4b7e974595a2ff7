// Lines into a database: all of a room, or nothing of it, and only when its log folds to the hash that the lines name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace starling::transfer {

struct ImportPlan {
  /// What an import that was broken off has left is passed over, room by room, when it is the same.
  bool resume = false;
  /// The database may hold other rooms.
  bool add = false;
};
struct ImportReport {
  std::uint64_t users = 0;
  std::uint64_t rooms = 0;              // made
  std::uint64_t rooms_existing = 0;     // of a resumed import
  std::uint64_t events = 0;             // of the rooms made
  std::uint64_t profiles_existing = 0;  // of users whose number or handle is taken
};
struct ImportError {
  std::string text;   // says where, and what to do
  ImportReport done;  // what is in the database all the same
};

/// Takes one line; throws what is wrong with it, which `import_lines` turns into its error.
using TakeLine = std::function<void(std::string_view)>;
/// Gives every line to `take`.
using Feed = std::function<void(const TakeLine& take)>;

/// Where the rooms go. A database that is absent is made.
struct Destination {
  std::string path;      // SQLite; the caller holds its directory: no server runs
  std::string conninfo;  // PostgreSQL, unless it is empty: refused while a node runs, and none can start meanwhile
  std::vector<std::string> rooms;  // the databases of parts of the rooms
};

Result<ImportReport, ImportError> import_lines(const Destination& to, const ImportPlan& plan, const Feed& feed);
/// The same from a file, `-` for standard input. A file that lacks its last line is refused before anything is written.
Result<ImportReport, ImportError> import_file(const Destination& to, const ImportPlan& plan, const std::string& file);

}  // namespace starling::transfer
