// A PostgreSQL primary with a synchronous and an asynchronous standby, as the nodes' connections to it show them. A write
// takes its room's row lock, is flushed, waits for the synchronous standby, and only then is visible and answered; a
// wait that is cancelled, or a primary that crashes in it, leaves rows that are visible and not replicated. A backend
// goes on after its client is gone. Errors come as the statuses that docs/decisions/0013 gives them.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "loadsim/sim/replication.h"
#include "loadsim/sim/store_model.h"

namespace starling::sim {

class PostgresStore final : public StoreModel {
 public:
  PostgresStore(Context& context, Database& database) : StoreModel(context, database), replication_(database) {}

  void submit(ShardId shard, ports::StoreOp op) override;
  void happened(const Scheduled& event) override;
  void process_died(std::uint32_t node, Death death) override;
  void replaced() override;
  void cut(RoomId room, Seq min_seq) override;
  void heal() override;

  /// The synchronous standby gets nothing, and of the writes that wait for it some are cancelled.
  void cancel_waits(std::uint32_t permille, Instant until) override;
  /// The primary is lost, the synchronous standby takes over.
  void fail_over() override;
  /// The primary crashes and recovers what its disk holds.
  void crash() override;
  void deadlock(std::uint32_t permille, Instant until) override {
    deadlock_permille_ = permille, deadlock_until_ = until;
  }
  const Database* asynchronous_standby() const override { return &replication_.asynchronous(); }

 private:
  enum class Step : std::uint8_t {
    Read,         // number: slot
    ReadTimeout,  // number: of a barred read
    Flush,        // number: of a transaction
    LockTimeout,  // likewise
    Cancel,       // likewise
    Watchdog,     // likewise
    Confirm,      // number: an Lsn
    Follow,       // likewise: the asynchronous standby
    MakeAnew,     // that one, after the primary was replaced
  };
  struct Transaction {
    Change change;
    RoomId locks;                       // 0: none
    std::optional<std::uint32_t> slot;  // of who waits for the answer
    bool running = false;               // it has its lock
    Lsn lsn = 0;                        // once it is flushed
  };
  /// An answer that tells of what is not replicated yet.
  struct Barred {
    std::uint64_t number = 0;
    std::uint32_t slot = 0;
    Lsn needs = 0;
    ports::StoreResult result;
  };

  void schedule(Instant at, Step step, std::uint64_t number);
  std::optional<ports::StoreStatus> refusal(std::uint32_t slot, bool write);
  void begin(std::uint32_t slot);
  void add(Change change, RoomId locks, std::optional<std::uint32_t> slot);
  void run(std::uint64_t number);
  void tell(const Transaction& transaction, ports::StoreStatus status, ports::StoreResult result = ports::Done{});
  void end(std::uint64_t number);
  void lock_timed_out(std::uint64_t number);
  void flush(std::uint64_t number);
  void show(Lsn to, ports::StoreStatus status);
  void confirm(Lsn lsn);
  void cancel(std::uint64_t number);
  void give_up_waiting(std::uint64_t number);
  void read(std::uint32_t slot);
  std::optional<Replication::View> standby_for(const ports::StoreRequest& request);
  void read_timed_out(std::uint64_t number);
  void release_reads();
  void disconnect();
  void leave_standby_behind();
  void be_down(users::FaultKind why, Duration span);
  std::uint64_t random() { return context_->next_draw(Stream::StoreFault, 1, draws_); }

  Replication replication_;
  std::map<std::uint64_t, Transaction> transactions_;  // by number
  std::map<RoomId, std::deque<std::uint64_t>> locks_;  // the first holds it
  std::map<Lsn, std::uint64_t> waiting_;               // flushed, for the standby
  std::map<std::uint32_t, std::uint64_t> reading_;     // by slot: the connection
  std::vector<Barred> barred_;
  std::uint64_t begun_ = 0;
  std::uint64_t connection_ = 1;  // all are made anew after a failover or a crash
  std::uint64_t draws_ = 0;
  Instant confirms_at_{};
  Instant follows_at_{};
  std::uint32_t cancel_permille_ = 0;
  Instant standby_paused_until_{};
  std::uint32_t deadlock_permille_ = 0;
  Instant deadlock_until_{};
  users::FaultKind down_by_ = users::FaultKind::PgRestart;
  Instant down_until_{};
  Instant read_only_until_{};
};

}  // namespace starling::sim
