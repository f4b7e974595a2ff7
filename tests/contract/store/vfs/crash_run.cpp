#include "tests/contract/store/vfs/crash_run.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "loadsim/check/sweep.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/snapshot.h"
#include "server/store/sqlite/sqlite.h"
#include "tests/contract/store/vfs/fault_vfs.h"

namespace starling::contract {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRooms = 4;
constexpr std::uint64_t kUsers = 5;
constexpr WallTime kNow = wall_from_ms(1'700'000'000'000);
/// Writes, wal_restarts and syncs that a life lasts at most; a commit takes about twenty.
constexpr std::uint64_t kOperationsMax = 400;

ports::CreateRoom room_of(RoomId room) {
  ports::CreateRoom request{.user = UserId(1),
                            .device = DeviceId(1),
                            .request_id = room.value,
                            .proposed = room,
                            .title = "room",
                            .members = {},
                            .now = kNow};
  for (std::uint64_t user = 2; user <= kUsers; ++user) request.members.emplace_back(user);
  return request;
}

/// The log as the checkers read it.
check::LedgerRoom ledger_of(store::Connection& connection, RoomId room) {
  store::LogReader reader(connection);
  store::Snapshot snapshot(connection);
  const store::RoomRow row = reader.room(room);
  check::LedgerRoom ledger{.room = room, .epoch = row.epoch, .head = row.head, .events = {}, .devices = {}};
  for (const wire::Event& event : reader.events(room, Seq(), row.head, snapshot))
    ledger.events.push_back(check::ledger_event(event));
  store::Statement devices(connection, "SELECT device, last_cseq FROM device_pos WHERE room_id = ? ORDER BY device");
  store::Rows rows = devices.query(room);
  while (rows.next()) ledger.devices.push_back({.device = rows.as<DeviceId>(0), .last_cseq = rows.as<Cseq>(1)});
  return ledger;
}

}  // namespace

ports::CommitRow Producer::draw_row(Rng& rng) {
  const std::string body(1 + rng.below(rng.chance(1, 20) ? 6000 : 200), static_cast<char>('a' + rng.below(26)));
  ports::CommitRow row{
      .user = user_, .device = device_, .cseq = next_, .client_msg_id = ClientMsgId(rng.next()), .body = body};
  if (!acked_.empty() && rng.chance(1, 4)) {
    const Acked& target = acked_[rng.below(acked_.size())];
    if (target.row.kind == wire::EventKind::Message) {
      row.kind = rng.chance(1, 3)   ? wire::EventKind::Delete
                 : rng.chance(1, 2) ? wire::EventKind::Edit
                                    : wire::EventKind::ReactionAdd;
      row.target = target.seq;
    }
  }
  row.body_hash = wire::body_hash(row.body);
  next_ = next_.next();
  return row;
}

void Producer::append_rows(std::vector<ports::CommitRow>& rows, std::uint64_t fresh, Rng& rng) {
  for (; fresh > 0 && outstanding_.size() < 16; --fresh) outstanding_.push_back(draw_row(rng));
  rows.insert(rows.end(), outstanding_.begin(), outstanding_.end());
}

void Producer::append_old(std::vector<ports::CommitRow>& rows, Rng& rng) const {
  if (!acked_.empty()) rows.push_back(acked_[rng.below(acked_.size())].row);
}

std::string Producer::answered(const ports::CommitRow& row, const ports::CommitRowResult& result) {
  if (result.status != wire::SendStatus::Accepted && result.status != wire::SendStatus::Duplicate) {
    return "cseq " + std::to_string(row.cseq.value) + " was answered with status " +
           std::to_string(static_cast<int>(result.status));
  }
  if (row.cseq <= watch_.answered_to()) {
    const auto known =
        std::find_if(acked_.begin(), acked_.end(), [&](const Acked& a) { return a.row.cseq == row.cseq; });
    return known->seq == result.seq ? ""
                                    : "cseq " + std::to_string(row.cseq.value) + " was acknowledged again elsewhere";
  }
  if (outstanding_.empty() || outstanding_.front().cseq != row.cseq) return "an answer that nobody waits for";
  outstanding_.pop_front();
  watch_.answered(row.cseq, result.seq);
  acked_.push_back({row, result.seq});
  return {};
}

CrashRun::CrashRun(std::uint64_t seed) : rng_(seed) {
  for (std::uint64_t room = 1; room <= kRooms; ++room) {
    for (std::uint64_t user = 1; user <= kUsers; ++user)
      producers_.emplace_back(RoomId(room), UserId(user), DeviceId(10 + user));
  }
  std::filesystem::create_directories(dir_.file("0"));
}

std::uint64_t CrashRun::acked() const {
  std::uint64_t sum = 0;
  for (const Producer& each : producers_) sum += each.watch().answered_to().value;
  return sum;
}

void CrashRun::wrong(RoomId room, std::string text) {
  violations_.report({.guarantee = check::Guarantee::G1_AckedIsDurable, .room = room, .text = std::move(text)});
}

void CrashRun::live_and_die() {
  const std::string folder = dir_.file(std::to_string(lives_));
  FaultVfs vfs("starling-crash");
  Inbox inbox;
  under_way_.clear();
  vfs.lose_power_at(1 + rng_.below(kOperationsMax), rng_.next(), [&inbox] {
    const std::scoped_lock lock(inbox.mutex);
    inbox.closed = true;
  });
  {
    auto store = store::Store::open({.path = folder + "/starling.db",
                                     .readers = 1,
                                     .checkpoint_frames = 24,
                                     .restart_frames = 96,
                                     .vfs = vfs.name()},
                                    [&inbox](ShardId, ports::StoreCompletion&& completion) {
                                      const std::scoped_lock lock(inbox.mutex);
                                      if (!inbox.closed) inbox.completions.push_back(std::move(completion));
                                    });
    // The power may fail while the database is being opened; any other error is one.
    if (store) {
      work(**store, inbox);
    } else if (const std::scoped_lock lock(inbox.mutex); !inbox.closed) {
      wrong(RoomId(), "the store does not open: " + store.error().text);
      return;
    }
  }
  ++lives_;
  const std::string left = dir_.file(std::to_string(lives_));
  vfs.recover(folder, left);
  std::filesystem::remove_all(folder);
  const std::string examined = dir_.file("examined");
  std::filesystem::remove_all(examined);
  std::filesystem::copy(left, examined);
  try {
    check_what_is_left(examined);
  } catch (const store::SqliteError& error) {
    wrong(RoomId(), std::string("after the loss: ") + error.what());
  }
}

ports::CommitBatch CrashRun::next_batch(RoomId room) {
  ports::CommitBatch batch{.room = room, .epoch = Epoch(1), .now = kNow, .rows = {}};
  for (Producer& each : producers_) {
    if (each.room() != room) continue;
    each.append_rows(batch.rows, rng_.below(3), rng_);
    if (rng_.chance(1, 8)) each.append_old(batch.rows, rng_);
  }
  return batch;
}

/// Every room has one batch under way until the power fails, and the accounts one change.
void CrashRun::work(store::Store& store, Inbox& inbox) {
  std::map<std::uint64_t, RoomId> room_of_op;
  for (std::uint64_t room = 1; room <= kRooms; ++room) {
    store.submit(ShardId(0), {.id = next_op_++, .request = room_of(RoomId(room))});
    under_way_[RoomId(room)] = false;
  }
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  for (;;) {
    for (auto& [room, busy] : under_way_) {
      if (busy) continue;
      store.submit(ShardId(0), {.id = next_op_++, .request = next_batch(room)});
      busy = true;
    }
    if (auto change = accounts_.next(rng_)) {
      store.submit(ShardId(0), {.id = next_op_++, .request = std::move(*change)});
    }
    std::vector<ports::StoreCompletion> arrived;
    bool dark = false;
    {
      const std::scoped_lock lock(inbox.mutex);
      arrived.swap(inbox.completions);
      dark = inbox.closed;
    }
    for (const ports::StoreCompletion& each : arrived) receive(each);
    if (dark) return;
    if (arrived.empty()) std::this_thread::yield();
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the store stands still");
  }
}

void CrashRun::receive(const ports::StoreCompletion& completion) {
  if (const auto* committed = std::get_if<ports::Committed>(&completion.result)) {
    return receive(*committed, completion.status);
  }
  const auto* answered = std::get_if<ports::AccountsAnswered>(&completion.result);
  // Of unknown outcome, it stays under way.
  if (answered == nullptr || completion.status != ports::StoreStatus::Ok) return;
  if (std::string error = accounts_.answered(*answered->result); !error.empty()) wrong(RoomId(), std::move(error));
}

void CrashRun::receive(const ports::Committed& committed, ports::StoreStatus status) {
  const ports::CommitBatch& batch = committed.batch;
  under_way_[batch.room] = false;
  if (status != ports::StoreStatus::Ok) return;  // the rows stay outstanding
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const ports::CommitRow& row = batch.rows[i];
    const auto producer = std::find_if(producers_.begin(), producers_.end(), [&](const Producer& p) {
      return p.room() == batch.room && p.device() == row.device;
    });
    if (std::string error = producer->answered(row, committed.results[i]); !error.empty())
      wrong(batch.room, std::move(error));
    if (committed.results[i].status == wire::SendStatus::Duplicate) ++repeated_;
  }
}

void CrashRun::check_what_is_left(const std::string& folder) {
  const std::string path = folder + "/starling.db";
  {
    const FaultVfs calm("starling-calm");  // only because its syncs cost nothing
    const auto recovered =
        store::Store::open({.path = path, .readers = 1, .vfs = calm.name()}, [](ShardId, ports::StoreCompletion&&) {});
    if (!recovered) return wrong(RoomId(), "after the loss: " + recovered.error().text);
  }
  store::Connection connection({.path = path, .mode = store::Connection::Mode::ReadOnly});
  if (connection.number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") != 0) {
    return wrong(RoomId(), "the database is damaged");
  }
  if (std::string error = accounts_.left(AccountBook::read(connection)); !error.empty()) {
    wrong(RoomId(), std::move(error));
  }
  check::EventNames names(1);
  for (std::uint64_t id = 1; id <= kRooms; ++id) {
    const check::RoomProof proof(ledger_of(connection, RoomId(id)));
    proof.check_log(violations_);
    for (const Producer& each : producers_) {
      if (each.room() != RoomId(id)) continue;
      const check::DeviceWatch device({.user = each.user(), .device = each.device()}, names, violations_);
      const check::WatchedRoom seen{.room = each.room(), .seen = {}, .sent = each.watch(), .state = nullptr};
      proof.check_device(device, seen, false, violations_);
    }
  }
}

}  // namespace starling::contract
