// Hashes and other fixed bytes, as parameters.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace starling::postgres {

template <std::size_t Size>
std::string_view bytes_of(const std::array<unsigned char, Size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace starling::postgres
