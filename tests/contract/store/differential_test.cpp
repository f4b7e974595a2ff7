// Random scripts on the real stores and on the simulator's models of them: they agree on every result and every error, or one
// of them is wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/rng.h"
#include "tests/contract/store/room_script.h"

namespace starling::contract {
namespace {

constexpr std::uint64_t kScripts = 240;
constexpr int kSteps = 100;

/// Draws operations that are mostly sensible, and often nearly so.
class Script {
 public:
  /// `rooms_max`: of a user.
  explicit Script(std::uint64_t seed, std::uint32_t rooms_max = kRooms - 1) : rng_(seed), rooms_max_(rooms_max) {}

  ports::StoreRequest next(Subject& reference) {
    if (steps_++ < 2) return with_everybody(RoomId(steps_));
    switch (rng_.below(24)) {
      case 0:
      case 1:
        return create();
      case 2:
        return page();
      case 3:
        return ports::LoadRoom{any_room()};
      case 4:
        return ports::LoadUser{any_user()};
      case 5:
        return ports::ReadDevice{any_room(), device_of(any_user())};
      case 6:
        return marks();
      case 7:
        return checkpoint(reference);
      case 9:
        return ports::LoadItems{any_user(), rng_.below(40)};
      case 10:
        return ports::PutItem{.user = any_user(),
                              .kind = static_cast<wire::ItemKind>(3 + rng_.below(4)),
                              .key = std::to_string(rng_.below(3)),
                              .value = rng_.chance(1, 4) ? std::string() : "v" + std::to_string(rng_.below(4)),
                              .base = rng_.chance(1, 2) ? 0 : rng_.below(20)};
      case 8:
        if (rng_.chance(1, 3)) return raise_epoch();
        return page();
      default:
        return commit(reference);
    }
  }
  /// Now and then a room's prefix is cut.
  std::optional<std::pair<RoomId, Seq>> cut() {
    if (!rng_.chance(1, 40)) return std::nullopt;
    return std::pair(any_room(), Seq(1 + rng_.below(12)));
  }

 private:
  static constexpr std::uint64_t kUsers = 5;
  static constexpr std::uint64_t kRooms = 4;

  RoomId any_room() { return RoomId(1 + std::min(rng_.below(kRooms), rng_.below(kRooms))); }
  UserId any_user() {
    const std::uint64_t n = rng_.below(kUsers);
    return n == 0 ? UserId(0xFFFFFFFF00000000ull) : UserId(n);  // one of the upper half
  }

  ports::StoreRequest raise_epoch() {
    const auto expected = static_cast<std::uint32_t>(1 + rng_.below(3));
    const auto to = static_cast<std::uint32_t>(expected + 1 + rng_.below(2));
    return ports::RaiseEpoch{.room = any_room(), .expected = Epoch(expected), .to = Epoch(to)};
  }

  /// A room where most of what is sent is accepted.
  ports::StoreRequest with_everybody(RoomId room) {
    ports::CreateRoom request{.user = UserId(1),
                              .device = DeviceId(7),
                              .request_id = room.value,
                              .proposed = room,
                              .title = "all",
                              .now = now()};
    for (std::uint64_t user = 2; user < kUsers; ++user) request.members.emplace_back(user);
    return request;
  }

  ports::StoreRequest create() {
    ports::CreateRoom request{.user = any_user(),
                              .request_id = 1 + rng_.below(3),
                              .proposed = any_room(),
                              .kind = rng_.chance(1, 3) ? wire::RoomKind::Direct : wire::RoomKind::Group,
                              .rooms_per_user_max = rooms_max_,
                              .title = "room of " + std::to_string(rng_.below(100)),
                              .now = now()};
    request.device = device_of(request.user);
    for (std::uint64_t n = request.kind == wire::RoomKind::Direct ? 1 : rng_.below(kUsers); n > 0; --n) {
      request.members.push_back(any_user());
    }
    return request;
  }

  ports::StoreRequest page() {
    return ports::ReadPage{.room = any_room(),
                           .from = Seq(rng_.below(30)),
                           .backward = rng_.chance(1, 2),
                           .limit = static_cast<std::uint32_t>(rng_.below(12)),
                           .bytes_max = static_cast<std::uint32_t>(rng_.below(1500)),
                           .related = rng_.chance(1, 2)};
  }

  ports::StoreRequest marks() {
    ports::PutReadMarks request;
    for (std::uint64_t n = 1 + rng_.below(3); n > 0; --n) {
      request.marks.push_back(
          {.user = any_user(), .room = any_room(), .seq = Seq(rng_.below(20)), .msg_no = rng_.below(20)});
    }
    return request;
  }

  ports::StoreRequest checkpoint(Subject& reference) {
    const RoomId room = any_room();
    const Seq seq(1 + rng_.below(25));
    const auto found =
        reference.get<ports::PageRead>(ports::ReadPage{.room = room, .from = seq, .limit = 0, .bytes_max = 1});
    const bool wrong_epoch = rng_.chance(1, 4);
    return ports::PutCheckpoint{
        .room = room, .epoch = wrong_epoch ? found.epoch.next() : found.epoch, .seq = seq, .hash = found.hash_before};
  }

  ports::StoreRequest commit(Subject& reference) {
    const RoomId room = any_room();
    const auto loaded = reference.get<ports::RoomLoaded>(ports::LoadRoom{room});
    ports::CommitBatch batch{
        .room = room, .epoch = rng_.chance(1, 12) ? loaded.epoch.next() : loaded.epoch, .now = now(), .rows = {}};
    batch.rooms_per_user_max = rooms_max_;
    std::map<DeviceId, std::uint32_t> next;
    for (std::uint64_t n = 1 + rng_.below(8); n > 0; --n) {
      const UserId user = any_user();
      auto [at, first] = next.try_emplace(device_of(user), 0);
      if (first)
        at->second = reference.get<ports::DeviceRead>(ports::ReadDevice{room, device_of(user)}).last_cseq.value;
      batch.rows.push_back(row_of(user, at->second, loaded.head.value));
    }
    if (rng_.chance(1, 6)) std::reverse(batch.rows.begin(), batch.rows.end());
    if (rng_.chance(1, 6)) batch.rows.push_back(batch.rows[rng_.below(batch.rows.size())]);
    return batch;
  }

  /// `last`: the device's last cseq of the script, which may be ahead of the log's.
  ports::CommitRow row_of(UserId user, std::uint32_t& last, std::uint64_t head) {
    const std::uint64_t luck = rng_.below(20);
    if (luck > 2) ++last;                                             // the next one; else a repeat
    std::uint32_t cseq = luck == 19 ? last + 1 : std::max(last, 1u);  // or one too far
    if (luck == 2 && last > 3) cseq = last - 2;                       // or an old one
    ports::CommitRow made = row(user, cseq, "body " + std::to_string(rng_.below(30) == 0 ? rng_.below(5) : cseq));
    made.kind = static_cast<wire::EventKind>(1 + rng_.below(static_cast<std::uint64_t>(wire::kLastEventKind)));
    if (rng_.chance(1, 2)) made.kind = wire::EventKind::Message;
    if (made.kind != wire::EventKind::Message || rng_.chance(1, 5)) made.target = Seq(rng_.below(head + 6));
    if (made.kind == wire::EventKind::Message && rng_.chance(1, 4)) made.thread = Seq(rng_.below(head + 3));
    if (made.kind == wire::EventKind::Message && rng_.chance(1, 12)) made.body += " <@room>";
    if (made.kind == wire::EventKind::Message && rng_.chance(1, 3)) {
      made.body += " <@" + std::to_string(any_user().value) + ">";
    }
    if (made.kind == wire::EventKind::RoomVisibility) made.body = rng_.chance(1, 2) ? wire::kPublic : wire::kPrivate;
    if (made.kind == wire::EventKind::RoomHistory)
      made.body = rng_.chance(1, 2) ? wire::kHistoryJoined : wire::kHistoryAll;
    made.body_hash = wire::body_hash(made.body);
    if (wire::has_subject(made.kind)) {
      made.subject = rng_.chance(1, 4) ? user : any_user();
      made.role = static_cast<wire::Role>(rng_.chance(1, 2) ? 1 : rng_.below(5));
    }
    if (rng_.chance(1, 10)) {
      made.renumbered = true;
      made.client_msg_id = row(user, static_cast<std::uint32_t>(1 + rng_.below(cseq + 1))).client_msg_id;
    }
    return made;
  }

  WallTime now() { return kNoon + std::chrono::milliseconds(rng_.below(100)); }

  Rng rng_;
  std::uint32_t rooms_max_;
  std::uint64_t steps_ = 0;
};

class StoreDifferential : public testing::TestWithParam<std::uint64_t> {};

void agree(std::uint64_t number, const std::vector<Kind>& kinds, std::optional<std::uint32_t> rooms_max = {}) {
  constexpr std::uint64_t kPerTest = kScripts / 8;
  std::uint64_t accepted = 0;
  for (std::uint64_t seed = number * kPerTest; seed < (number + 1) * kPerTest; ++seed) {
    const auto model = make_subject(Kind::Model);
    std::vector<std::unique_ptr<Subject>> others;
    for (const Kind kind : kinds) others.push_back(make_subject(kind));
    Script script = rooms_max ? Script(seed, *rooms_max) : Script(seed);
    for (int step = 0; step < kSteps; ++step) {
      const ports::StoreRequest request = script.next(*model);
      const auto expected = model->run(request);
      for (const auto& other : others) {
        ASSERT_EQ(text_of(other->run(request)), text_of(expected)) << "seed " << seed << " step " << step;
      }
      if (const auto* committed = std::get_if<ports::Committed>(&expected.result)) {
        accepted += committed->head.value - committed->prev_head.value;
      }
      if (const auto cut = script.cut()) {
        if (model->get<ports::RoomLoaded>(ports::LoadRoom{cut->first}).head < cut->second) continue;
        model->cut(cut->first, cut->second);
        for (const auto& other : others) other->cut(cut->first, cut->second);
      }
    }
  }
  EXPECT_GT(accepted, kPerTest * 20) << "the scripts have become too tame";
}

TEST_P(StoreDifferential, TheStoresAndTheModelsAgree) {
  agree(GetParam(), {Kind::Sqlite, Kind::PostgresModel, Kind::Postgres});
}

/// Of several who join by one batch, in how many rooms elsewhere each is is not told apart: without that limit.
TEST_P(StoreDifferential, TheStoreInSeveralDatabasesAgreesWithTheModel) {
  agree(GetParam(), {Kind::PostgresParts}, UINT32_MAX);
}
INSTANTIATE_TEST_SUITE_P(Scripts, StoreDifferential, testing::Range<std::uint64_t>(0, 8));

}  // namespace
}  // namespace starling::contract
