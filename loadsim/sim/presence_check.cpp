#include "loadsim/sim/presence_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "loadsim/sim/world.h"

namespace starling::sim {
namespace {

/// From a device's word to everybody's eyes: two seconds of batches, one until a refused word goes again, and what a
/// loaded line and a small ring add.
constexpr Duration kComing = 8s;

struct Person {
  bool there = false;
  bool away = false;
  bool unsure = false;
  Instant moved{};
};

bool line_works(const Link& link, Instant now) {
  return !link.broken && !link.slow(now) && now >= link.stalled_until && now >= link.unreachable_until;
}

}  // namespace

PresenceCheck::PresenceCheck(Context& context)
    : context_(&context),
      watch_({.coming = kComing, .leaving = kComing + context.options.config.presence_debounce}, context.violations) {}

void PresenceCheck::look(const World& world) {
  watch_.begin_look();
  look_at_people(world);
  std::uint64_t boots = 0;
  bool sound = !context_->is_lossy();
  for (const auto& node : world.nodes()) {
    boots += node->boot();
    sound = sound && (node->given_up() || (node->serving() && !node->paused() && !node->draining()));
  }
  sound = boots == std::exchange(boots_, boots) && sound;
  for (const auto& device : world.devices()) look_at_views(world, *device, sound);
}

void PresenceCheck::look_at_people(const World& world) {
  std::set<std::uint32_t> believed_in;  // by the server, with this connection or an earlier one
  for (const auto& node : world.nodes()) {
    node->for_each_connection([&](std::uint32_t device) { believed_in.insert(device); });
  }
  std::map<UserId, Person> people;
  for (const auto& device : world.devices()) {
    Person& person = people[device->who().user];
    const Link& link = world.network().link(device->who().index);
    const Node& node = *world.nodes()[link.node];
    const bool connected = node.serving() && node.is_connected(device->who().index);
    person.moved = std::max(person.moved, device->presence_moved());
    const bool earlier = !connected && believed_in.contains(device->who().index);
    if (device->ready() != connected || earlier || (connected && !line_works(link, context_->now()))) {
      person.unsure = true;
    } else if (connected) {
      (device->away() ? person.away : person.there) = true;
    }
  }
  for (const auto& [user, person] : people) {
    std::optional<wire::PresenceState> state;
    if (!person.unsure) {
      state = person.there  ? wire::PresenceState::Online
              : person.away ? wire::PresenceState::Away
                            : wire::PresenceState::Offline;
    }
    watch_.truth(user, state, person.moved, context_->now());
  }
}

void PresenceCheck::look_at_views(const World& world, const Device& device, bool server_sound) {
  const std::uint32_t index = device.who().index;
  const Link& link = world.network().link(index);
  const bool line_sound = server_sound && device.ready() && line_works(link, context_->now()) && link.outbox_bytes == 0;
  for (const auto& [room, users] : device.watched()) {
    const RoomLog* log = world.database().find(room);
    for (const UserId user : users) {
      const auto shown = device.presence_of(user);
      const bool members =
          log != nullptr && log->members().contains(user) && log->members().contains(device.who().user);
      watch_.view(index, room, user, line_sound && members && shown.has_value(),
                  shown.value_or(wire::PresenceState::Offline), context_->now());
    }
  }
}

}  // namespace starling::sim
