// What people are found by.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "server/ports/accounts.h"

namespace starling::store {

/// ASCII to lower case: how handles, words and what is searched for are compared.
std::string folded(std::string_view text);

/// The words of a name, folded. Punctuation between them is not part of them.
std::set<std::string> words_of(std::string_view name);
/// Those of the name, and the handle.
std::set<std::string> words_of(const ports::Profile& profile);

}  // namespace starling::store
