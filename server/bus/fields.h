// Plain structs as bytes, field by field in the order of their declaration: Boost.PFR knows the fields, so a new one, or a
// new payload, is carried without a line here. Both sides are of one version (message.h): nothing is skipped or defaulted.
#pragma once

#include <boost/pfr/core.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "server/bus/bytes.h"
#include "server/bus/limits.h"
#include "server/bus/shape.h"

namespace starling::bus {

template <class T>
struct Kind {
  static constexpr bool is_id = false;
  static constexpr bool is_list = false;
  static constexpr bool is_optional = false;
  static constexpr bool is_variant = false;
};
template <class Tag, class Rep>
struct Kind<Id<Tag, Rep>> : Kind<void> {
  static constexpr bool is_id = true;
};
template <class T>
struct Kind<std::vector<T>> : Kind<void> {
  static constexpr bool is_list = true;
};
template <class T>
struct Kind<std::optional<T>> : Kind<void> {
  static constexpr bool is_optional = true;
};
template <class... T>
struct Kind<std::variant<T...>> : Kind<void> {
  static constexpr bool is_variant = true;
};

// ---- out

template <class T>
void write(Writer& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out.number(static_cast<std::uint8_t>(value));
  } else if constexpr (std::is_integral_v<T>) {
    out.number(value);
  } else if constexpr (std::is_enum_v<T>) {
    out.number(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (Kind<T>::is_id) {
    out.number(value.value);
  } else if constexpr (std::is_same_v<T, Instant> || std::is_same_v<T, WallTime>) {
    out.number(std::int64_t{value.time_since_epoch().count()});
  } else if constexpr (std::is_same_v<T, std::string>) {
    out.number(static_cast<std::uint32_t>(value.size()));
    out.bytes(value);
  } else if constexpr (Kind<T>::is_list) {
    out.number(static_cast<std::uint32_t>(value.size()));
    for (const auto& each : value) write(out, each);
  } else if constexpr (Kind<T>::is_optional) {
    write(out, value.has_value());
    if (value) write(out, *value);
  } else if constexpr (Kind<T>::is_variant) {
    static_assert(std::variant_size_v<T> <= 256);
    out.number(static_cast<std::uint8_t>(value.index()));
    std::visit([&](const auto& each) { write(out, each); }, value);
  } else {
    static_assert(std::is_aggregate_v<T>);
    boost::pfr::for_each_field(value, [&](const auto& field) { write(out, field); });
  }
}

// ---- in

template <class T>
void read(Reader& in, T& value);

template <class T>
void read_list(Reader& in, std::vector<T>& list) {
  // Nothing is reserved for a count: memory is taken for what is really there.
  for (auto count = in.number<std::uint32_t>(); count > 0 && in.ok(); --count) read(in, list.emplace_back());
}

template <class Variant, std::size_t... I>
void read_alternative(Reader& in, Variant& value, std::size_t index, std::index_sequence<I...>) {
  const bool known = ((index == I && (read(in, value.template emplace<I>()), true)) || ...);
  in.require(known);
}

template <class Time>
void read_time(Reader& in, Time& time, std::int64_t max) {
  const auto count = in.number<std::int64_t>();
  in.require(count >= -max && count <= max);
  if (in.ok()) time = Time(typename Time::duration(count));
}

template <class T>
void read(Reader& in, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    const auto number = in.number<std::uint8_t>();
    in.require(number <= 1);
    value = number == 1;
  } else if constexpr (std::is_integral_v<T>) {
    value = in.number<T>();
  } else if constexpr (std::is_enum_v<T>) {
    const auto number = in.number<std::underlying_type_t<T>>();
    const auto [first, last] = range_of(T{});
    in.require(number >= static_cast<std::underlying_type_t<T>>(first) &&
               number <= static_cast<std::underlying_type_t<T>>(last));
    if (in.ok()) value = static_cast<T>(number);
  } else if constexpr (Kind<T>::is_id) {
    value = T(in.number<typename T::rep>());
  } else if constexpr (std::is_same_v<T, Instant>) {
    read_time(in, value, limits::kInstantMax);
  } else if constexpr (std::is_same_v<T, WallTime>) {
    read_time(in, value, limits::kWallMsMax);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = in.bytes(in.number<std::uint32_t>());
  } else if constexpr (Kind<T>::is_list) {
    read_list(in, value);
  } else if constexpr (Kind<T>::is_optional) {
    bool there = false;
    read(in, there);
    if (there) read(in, value.emplace());
  } else if constexpr (Kind<T>::is_variant) {
    const std::size_t index = in.number<std::uint8_t>();
    read_alternative(in, value, index, std::make_index_sequence<std::variant_size_v<T>>());
  } else {
    static_assert(std::is_aggregate_v<T>);
    boost::pfr::for_each_field(value, [&](auto& field) { read(in, field); });
    if constexpr (requires { has_shape(value); }) in.require(in.ok() && has_shape(value));
  }
}

}  // namespace starling::bus
