#include "server/store/postgres/params.h"

#include <endian.h>

namespace starling::postgres {
namespace {

// Of the catalogue: fixed for ever.
constexpr std::uint32_t kByteaType = 17;
constexpr std::uint32_t kBigintType = 20;
constexpr std::uint32_t kTextType = 25;

}  // namespace

void Params::put32(std::uint32_t value) {
  value = htobe32(value);
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void Params::put64(std::uint64_t value) {
  value = htobe64(value);
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

Params& Params::end(std::size_t at) {
  places_.push_back({.at = at, .length = static_cast<int>(bytes_.size() - at)});
  return *this;
}

Params& Params::add_bigint(std::int64_t value) {
  const std::size_t at = bytes_.size();
  put64(static_cast<std::uint64_t>(value));
  return end(at);
}

Params& Params::add_bytes(std::string_view bytes) {
  const std::size_t at = bytes_.size();
  bytes_ += bytes;
  return end(at);
}

Params& Params::add_null() {
  places_.push_back({.at = 0, .length = -1});
  return *this;
}

/// One dimension from 1 on, without NULLs; an empty array has no dimension.
void Params::begin_array(std::uint32_t type, std::size_t size) {
  put32(size == 0 ? 0 : 1);
  put32(0);
  put32(type);
  if (size == 0) return;
  put32(static_cast<std::uint32_t>(size));
  put32(1);
}

Params& Params::add_array(std::span<const std::int64_t> values) {
  const std::size_t at = bytes_.size();
  begin_array(kBigintType, values.size());
  for (const std::int64_t value : values) {
    put32(sizeof value);
    put64(static_cast<std::uint64_t>(value));
  }
  return end(at);
}

Params& Params::add_values(std::uint32_t type, std::span<const std::string_view> values) {
  const std::size_t at = bytes_.size();
  begin_array(type, values.size());
  for (const std::string_view value : values) {
    put32(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
  }
  return end(at);
}

Params& Params::add_bytes_array(std::span<const std::string_view> values) { return add_values(kByteaType, values); }
Params& Params::add_text_array(std::span<const std::string_view> values) { return add_values(kTextType, values); }

Params::Pointers Params::pointers() const {
  Pointers out;
  for (const Place& place : places_) {
    out.values.push_back(place.length < 0 ? nullptr : bytes_.data() + place.at);
    out.lengths.push_back(place.length < 0 ? 0 : place.length);
    out.formats.push_back(1);
  }
  return out;
}

}  // namespace starling::postgres
