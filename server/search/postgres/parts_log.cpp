#include "server/search/postgres/parts_log.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "common/base/rng.h"
#include "server/store/postgres/part.h"

namespace starling::search {
namespace {

/// As databases order them.
std::int64_t place_of(const LogRoom& room) { return static_cast<std::int64_t>(room.room.value); }

template <class T>
void append(std::vector<T>& all, std::vector<T>&& more) {
  std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

template <class Ask>
void PartsLog::each_part(std::span<const LogPlace> places, Ask ask) {
  std::vector<std::vector<LogPlace>> of_part(parts_.size());
  std::vector<std::vector<std::size_t>> at(parts_.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t part = postgres::part_of(places[i].room, parts_.size());
    of_part[part].push_back(places[i]);
    at[part].push_back(i);
  }
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    if (!at[part].empty()) ask(*parts_[part], std::span<const LogPlace>(of_part[part]), at[part]);
  }
}

std::uint64_t PartsLog::history() {
  std::uint64_t all = 0;
  for (const auto& part : parts_) all = mix64(all ^ part->history());
  return all;
}

std::vector<LogRoom> PartsLog::rooms_from(RoomId first, std::size_t limit) {
  std::vector<LogRoom> all;
  for (const auto& part : parts_) append(all, part->rooms_from(first, limit));
  std::ranges::sort(all, {}, place_of);
  if (all.size() > limit) all.resize(limit);
  return all;
}

std::vector<LogRest> PartsLog::rest_after(std::span<const LogPlace> places) {
  std::vector<LogRest> all;
  each_part(places, [&](Log& part, std::span<const LogPlace> here, const std::vector<std::size_t>&) {
    append(all, part.rest_after(here));
  });
  return all;
}

std::vector<std::vector<LogEvent>> PartsLog::events_after(std::span<const LogPlace> places, std::uint32_t each) {
  std::vector<std::vector<LogEvent>> all(places.size());
  each_part(places, [&](Log& part, std::span<const LogPlace> here, const std::vector<std::size_t>& at) {
    auto found = part.events_after(here, each);
    for (std::size_t i = 0; i < at.size(); ++i) all[at[i]] = std::move(found[i]);
  });
  return all;
}

std::vector<LogSight> PartsLog::sights_of(UserId user, std::optional<RoomId> only) {
  if (only) return parts_[postgres::part_of(*only, parts_.size())]->sights_of(user, only);
  std::vector<LogSight> all;
  for (const auto& part : parts_) append(all, part->sights_of(user, only));
  return all;
}

std::vector<std::optional<LogMessage>> PartsLog::messages(UserId user, std::span<const LogPlace> places) {
  std::vector<std::optional<LogMessage>> all(places.size());
  each_part(places, [&](Log& part, std::span<const LogPlace> here, const std::vector<std::size_t>& at) {
    auto found = part.messages(user, here);
    for (std::size_t i = 0; i < at.size(); ++i) all[at[i]] = std::move(found[i]);
  });
  return all;
}

void PartsLog::prove() {
  for (const auto& part : parts_) part->prove();
}

OpenLog parts_logs(std::vector<OpenLog> parts) {
  return [parts = std::move(parts)] {
    std::vector<std::unique_ptr<Log>> logs;
    for (const OpenLog& open : parts) logs.push_back(open());
    return std::make_unique<PartsLog>(std::move(logs));
  };
}

}  // namespace starling::search
