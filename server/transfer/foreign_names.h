// What foreign objects are called here: the same archive always gives the same numbers, so importing it twice is noticed.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace starling::transfer {

/// A number of 63 bits out of what an object is, where it is from and its own name.
std::uint64_t number_of(std::string_view what, std::string_view team, std::string_view object);

/// Handles as this server allows them, each given once: [a-z0-9_.-]{2,32}.
class Handles {
 public:
  std::string take(std::string_view wish);

 private:
  std::set<std::string, std::less<>> taken_;
};

/// At most so many bytes of it, and no half character.
std::string_view cut_utf8(std::string_view text, std::size_t bytes_max);

}  // namespace starling::transfer
