// Random posts that a shard might make, from a seed; and whether two are the same. Both know the fields by themselves, so that a new
// payload is among them.
#pragma once

#include <boost/pfr/core.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/base/rng.h"
#include "common/wire/limits.h"
#include "server/bus/fields.h"
#include "server/ports/envelope.h"

namespace starling::bus::testing {

class RandomPosts {
 public:
  explicit RandomPosts(std::uint64_t seed) : rng_(seed) {}

  /// With alternative `index` of the payload.
  ports::Post with_payload(std::size_t index) {
    ports::Post post;
    post.to = shard();
    fill(post.envelope.header);
    post.envelope.header.from = shard();
    post.envelope.header.boot |= 1;
    choose(post.envelope.payload, index);
    for (std::uint64_t n = rng_.below(4); n > 0; --n) post.also.push_back({.to = shard(), .link_seq = rng_.next()});
    return post;
  }
  ports::Post next() { return with_payload(rng_.below(std::variant_size_v<ports::Payload>)); }

 private:
  ShardId shard() { return ShardId(static_cast<std::uint16_t>(rng_.below(64))); }
  /// Small values and huge ones alike.
  std::uint64_t number() { return rng_.next() >> rng_.below(64); }
  std::string text(std::size_t max) { return std::string(rng_.below(max + 1), 'x'); }

  template <class Variant>
  void choose(Variant& value, std::size_t index) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (void)((index == I && (fill(value.template emplace<I>()), true)) || ...);
    }(std::make_index_sequence<std::variant_size_v<Variant>>());
  }

  void give_body(wire::EventKind kind, std::string& body) {
    using enum wire::EventKind;
    if (kind == RoomVisibility) {
      body = wire::kPublic;
    } else if (kind == RoomHistory) {
      body = wire::kHistoryJoined;
    } else {
      body = text(60);
    }
  }
  // What only has a shape when its fields fit together.
  void mend(wire::Event& event) {
    event.room = RoomId(event.room.value | 1);
    event.seq = Seq(event.seq.value | 1);
    if (rng_.chance(1, 4)) event.erased_hash = 0;
    event.body.clear();
    if (event.erased_hash == 0) give_body(event.kind, event.body);
  }
  void mend(wire::Send& send) {
    send.room = RoomId(send.room.value | 1);
    send.client_msg_id = ClientMsgId(send.client_msg_id.value | 1);
    give_body(send.kind, send.body);
  }
  void mend(wire::RoomInfo& info) { info.room = RoomId(info.room.value | 1); }
  void mend(wire::SendResult& result) {
    result.room = RoomId(result.room.value | 1);
    result.expected = Cseq(result.expected.value | 1);
    result.retry_after_ms |= 1;
  }
  void mend(wire::Receipts& receipts) { receipts.room = RoomId(receipts.room.value | 1); }
  void mend(auto&) {}

  template <class T>
  void fill(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = rng_.chance(1, 2);
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(number());
    } else if constexpr (std::is_enum_v<T>) {
      const auto [first, last] = range_of(T{});
      const auto low = static_cast<std::uint64_t>(first);
      value = static_cast<T>(low + rng_.below(static_cast<std::uint64_t>(last) - low + 1));
    } else if constexpr (Kind<T>::is_id) {
      value = T(static_cast<typename T::rep>(number()));
    } else if constexpr (std::is_same_v<T, Instant>) {
      value = Instant(Duration(number() & (limits::kInstantMax - 1)));
    } else if constexpr (std::is_same_v<T, WallTime>) {
      value = wall_from_ms(static_cast<std::int64_t>(number() & (limits::kWallMsMax - 1)));
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = text(60);
    } else if constexpr (Kind<T>::is_list) {
      for (std::uint64_t n = rng_.below(6); n > 0; --n) fill(value.emplace_back());
    } else if constexpr (Kind<T>::is_optional) {
      if (rng_.chance(1, 2)) fill(value.emplace());
    } else if constexpr (Kind<T>::is_variant) {
      choose(value, rng_.below(std::variant_size_v<T>));
    } else {
      boost::pfr::for_each_field(value, [&](auto& field) { fill(field); });
      mend(value);
    }
  }

  Rng rng_;
};

/// Field by field.
template <class T>
bool same(const T& a, const T& b) {
  if constexpr (Kind<T>::is_list) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!same(a[i], b[i])) return false;
    }
    return true;
  } else if constexpr (Kind<T>::is_variant) {
    if (a.index() != b.index()) return false;
    return std::visit([&]<class Each>(const Each& each) { return same(each, std::get<Each>(b)); }, a);
  } else if constexpr (std::equality_comparable<T>) {
    return a == b;
  } else {
    bool all = true;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      all = (same(boost::pfr::get<I>(a), boost::pfr::get<I>(b)) && ...);
    }(std::make_index_sequence<boost::pfr::tuple_size_v<T>>());
    return all;
  }
}

}  // namespace starling::bus::testing
