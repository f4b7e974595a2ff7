// Names for people and rooms that a demonstration is seeded with.
#pragma once

#include <cstdint>
#include <string>

#include "server/ports/accounts.h"

namespace starling::store {

/// The same for the same number; distinct for numbers up to some thousands. Without a password: nobody can log in.
ports::Account made_up_account(UserId user, WallTime now);
std::string made_up_title(std::uint64_t room);

}  // namespace starling::store
