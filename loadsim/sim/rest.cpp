#include "loadsim/sim/rest.h"

#include <set>
#include <utility>

#include "loadsim/check/sweep.h"

namespace starling::sim {
namespace {

constexpr Duration kLook = 100ms;
constexpr std::size_t kReasonsMax = 12;

class Reasons {
 public:
  bool full() const { return count_ >= kReasonsMax; }
  void add(std::string line) {
    if (count_++ < kReasonsMax) text_ += "\n  " + std::move(line);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

std::string named(const Device& device) { return "device " + std::to_string(device.who().device.value) + " "; }

const char* word_for(client::SyncState state) {
  switch (state) {
    case client::SyncState::Idle:
      return "idle";
    case client::SyncState::Wanted:
      return "wanted";
    case client::SyncState::Asked:
      return "asked";
    case client::SyncState::Settled:
      return "settled";
    case client::SyncState::PutOff:
      return "put off";
    case client::SyncState::Denied:
      return "denied";
  }
  return "?";
}

/// One room of one device against the log.
void look(const Device& device, const RoomLog& log, Reasons& reasons) {
  const client::RoomTable& rooms = device.session()->rooms();
  const std::uint32_t i = rooms.find(log.room());
  const std::string where = named(device) + "room " + std::to_string(log.room().value) + ": ";
  if (i == client::RoomTable::kNone) {
    reasons.add(where + "was not told of it");
    return;
  }
  const client::RoomCursor& cursor = rooms.cursor(i);
  if (cursor.mode() == wire::SyncMode::Off) return;
  const bool full = cursor.mode() == wire::SyncMode::Full;
  const std::uint64_t seq = full ? cursor.seq : rooms.floor(i).value;
  const bool there = cursor.epoch == log.epoch().value && seq == log.head().value;
  if (cursor.member == 0) {
    reasons.add(where + "does not believe to be a member");
  } else if (!there || cursor.sync() != client::SyncState::Settled) {
    reasons.add(where + (full ? "cursor " : "head ") + std::to_string(cursor.epoch) + "." + std::to_string(seq) +
                ", the log is at " + std::to_string(log.epoch().value) + "." + std::to_string(log.head().value) +
                ", sync " + word_for(cursor.sync()));
  }
}

bool believes(const Device& device, RoomId room) {
  if (!device.running()) return false;
  const client::RoomTable& rooms = device.session()->rooms();
  const std::uint32_t at = rooms.find(room);
  return at != client::RoomTable::kNone && rooms.cursor(at).member != 0;
}

/// Is it shown every event?
bool follows(const Device& device, RoomId room) {
  if (!believes(device, room)) return false;
  const client::RoomTable& rooms = device.session()->rooms();
  return rooms.cursor(rooms.find(room)).mode() == wire::SyncMode::Full;
}

void look(const World& world, const Device& device, Reasons& reasons) {
  if (!device.ready()) {
    reasons.add(named(device) + (device.running() ? "is not connected, state " +
                                                        std::to_string(static_cast<int>(device.session()->state()))
                                                  : "is not running"));
    return;
  }
  if (!device.session()->outbox().empty()) {
    const RoomId room = device.session()->outbox().rooms().front();
    reasons.add(named(device) + "room " + std::to_string(room.value) + ": " +
                std::to_string(device.session()->outbox().size()) + " messages wait, " +
                std::to_string(device.session()->outbox().in_flight(room)) + " of them in flight");
  }
  const ItemBook* items = world.database().items_of(device.who().user);
  // A file that was copied back without the restore tool lets versions come twice, with other values.
  const bool comparable = items != nullptr && !world.nemesis().copied_back() && !device.is_clone();
  if (comparable && items->items() != device.disk().items()) {
    reasons.add(named(device) + "holds other items than the store at version " + std::to_string(items->version()) +
                ", its own is " + std::to_string(device.session()->items_version()));
  }
  for (const auto& [id, log] : world.database().rooms()) {
    if (reasons.full()) return;
    const bool member = believes(device, id);
    if (world.nemesis().copied_back() && member != log.members().contains(device.who().user)) continue;
    if (log.members().contains(device.who().user)) {
      look(device, log, reasons);
    } else if (member) {
      reasons.add(named(device) + "room " + std::to_string(id.value) + ": still believes to be a member");
    }
  }
}

/// G16: whatever was minted has its final answer.
void check_answers(World& world, const Device& device) {
  if (device.watch().is_cloned()) return;
  const client::RoomTable& rooms = device.session()->rooms();
  for (const check::WatchedRoom& seen : device.watch().rooms()) {
    const std::uint32_t i = rooms.find(seen.room);
    if (i == client::RoomTable::kNone || world.database().find(seen.room) == nullptr) continue;
    const bool compared = !world.nemesis().put_back_something() || seen.sent.answered_to() >= seen.sent.first();
    if (!compared || seen.all_answered(rooms.counters(i).last_cseq)) continue;
    world.context().violations.report(
        {.guarantee = check::Guarantee::G16_DurableOutbox,
         .room = seen.room,
         .user = device.who().user,
         .device = device.who().device,
         .text = "messages up to cseq " + std::to_string(rooms.counters(i).last_cseq.value) +
                 " were pending, answers came up to " + std::to_string(seen.settled.answered_to().value)});
  }
}

void look_at_devices(const World& world, Reasons& reasons) {
  for (const auto& device : world.devices()) {
    if (!device->given_up() && !reasons.full()) look(world, *device, reasons);
  }
}

template <class Reason>
std::string wait_until_empty(World& world, Duration within, Reason reason) {
  const Instant end = world.context().now() + within;
  std::string reasons = reason(world);
  while (!reasons.empty() && !world.broken() && world.context().now() < end) {
    world.run_for(kLook);
    reasons = reason(world);
  }
  return world.broken() ? std::string() : reasons;
}

}  // namespace

std::string unrest(const World& world) {
  Reasons reasons;
  for (const auto& node : world.nodes()) {
    if (!node->serving() && !node->given_up()) reasons.add("node " + std::to_string(node->index() + 1) + " is down");
  }
  look_at_devices(world, reasons);
  std::uint64_t held = 0;  // by a server, for good
  for (const auto& device : world.devices()) {
    if (device->given_up() && !device->retired() && !device->offline()) ++held;
  }
  std::string pending;
  std::uint64_t lagging = 0;
  for (const auto& node : world.nodes()) {
    const core::Counters counters = node->counters();
    if (counters.commit_queue_bytes != 0) reasons.add("sends wait for their commit");
    lagging += counters.sessions_lagging;
    pending += node->pending();
  }
  if (lagging > held) reasons.add(std::to_string(lagging) + " sessions are lagging");
  std::string text = reasons.take();
  // A shard waits for good for who does not read: that explains, and is no reason by itself.
  if (!pending.empty() && (held == 0 || !text.empty())) text += "\n" + pending;
  return text;
}

void come_to_rest(World& world, Duration within) {
  const std::string reasons = wait_until_empty(world, within, unrest);
  if (reasons.empty()) return;
  world.context().violations.report(
      {.guarantee = check::Guarantee::G15_Liveness, .text = "not at rest in time:" + reasons});
}

void catch_up(World& world, Duration within) {
  const std::string reasons = wait_until_empty(world, within, [](const World& at) {
    Reasons found;
    look_at_devices(at, found);
    return found.take();
  });
  if (reasons.empty()) return;
  world.context().violations.report(
      {.guarantee = check::Guarantee::G7_CompleteDelivery, .text = "a lost word was not repaired in time:" + reasons});
}

void sweep(World& world) {
  if (world.broken()) return;
  check::Violations& violations = world.context().violations;
  DatabaseLedger ledger(world.database());
  std::set<DeviceId> repeaters;
  const auto note = [&](const check::DeviceWatch& watch) {
    if (watch.is_cloned() && world.nemesis().put_back_something()) repeaters.insert(watch.device());
  };
  for (const auto& device : world.devices()) {
    note(device->watch());
    for (const auto& before : device->past()) note(*before);
  }
  for (check::LedgerRoom room; ledger.next(room); room = {}) {
    for (check::LedgerDevice& each : room.devices) each.may_repeat = repeaters.contains(each.device);
    const check::RoomProof proof(std::move(room));
    proof.check_log(violations);
    const RoomLog& log = *world.database().find(proof.room().room);
    for (const auto& device : world.devices()) {
      const bool member = log.members().contains(device->who().user);
      const bool present = !device->given_up() && member && follows(*device, log.room());
      if (const check::WatchedRoom* seen = device->watch().find(log.room())) {
        proof.check_device(device->watch(), *seen, present, violations);
      }
      for (const auto& before : device->past()) {
        if (const check::WatchedRoom* seen = before->find(log.room())) {
          proof.check_device(*before, *seen, false, violations);
        }
      }
    }
  }
  for (const auto& device : world.devices()) {
    if (!device->given_up() && device->running()) check_answers(world, *device);
  }
  if (world.database().wrong_checkpoints() != 0) {
    violations.report(
        {.guarantee = check::Guarantee::G2_TotalOrder, .text = "a checkpoint is not the fold of the log"});
  }
}

}  // namespace starling::sim
