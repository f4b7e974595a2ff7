// The file of the index: derived from the log, so whatever is wrong with it, it is made anew.
#pragma once

#include <cstdint>
#include <string>

#include "common/sqlite/sqlite.h"

namespace starling::search {

/// The indexer's connection. An absent or empty file becomes an index, and so does one of another format, or one that is
/// no database: `renewed` says so. Throws when the disk or its space fails.
sqlite::Connection open_index(const std::string& path, bool& renewed);
/// Nobody has it open.
void discard_index(const std::string& path);
/// The file is not what was written: a new one helps, trying again does not.
bool is_damage(int code);

/// A connection that searches, and writes nothing.
sqlite::Connection open_finder(const std::string& index_path);

}  // namespace starling::search
