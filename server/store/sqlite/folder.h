// Folders and private files, so that a power loss does not take a name that was relied on.
#pragma once

#include <string>

#include "common/base/result.h"

namespace starling::store {

/// Where `path` lies; "." for a bare name.
std::string folder_of(const std::string& path);

/// Makes what is missing of the path, for its owner only, and syncs the names. The error is the system's words.
Result<void, std::string> make_folder(const std::string& folder);
/// Names that were made, renamed or removed in it survive a power loss. False: `errno` says why.
bool sync_folder(const std::string& folder);

/// From now on nobody but its owner opens the file, if there is one. The error is the system's words.
Result<void, std::string> keep_private(const std::string& path);
/// And makes an empty one when it is absent.
Result<void, std::string> make_private(const std::string& path);

}  // namespace starling::store
