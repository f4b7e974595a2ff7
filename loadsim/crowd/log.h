// The logs of a cluster, 16 bytes an event: who and what comes from the plan, the text from the words. The rules of a
// commit are those of server/ports/store.h for what a crowd does: nobody joins, leaves, edits or deletes.
#pragma once

#include <cstdint>
#include <vector>

#include "loadsim/check/ledger.h"
#include "loadsim/check/violation.h"
#include "loadsim/crowd/plan.h"
#include "loadsim/crowd/words.h"
#include "server/ports/store.h"

namespace starling::crowd {

/// The cluster's whole database: logs, producers' counters, checkpoints and read markers.
class Log {
 public:
  /// Of each room the log begins with an event for each of its members: made long ago, and behind the first checkpoint.
  Log(const Plan& plan, const Words& words, check::Violations& violations);

  ports::StoreResult execute(ports::StoreRequest&& request);

  Seq founded() const { return Seq(plan_->members()); }
  PrefixHash founded_hash(std::uint32_t room) const { return hash_at(room, founded()); }
  Seq head(std::uint32_t room) const { return Seq(founded().value + rooms_[room].entries.size()); }
  wire::Event event(std::uint32_t room, Seq seq) const;
  PrefixHash hash_at(std::uint32_t room, Seq seq) const;
  /// For the final sweep.
  check::LedgerRoom ledger(std::uint32_t room) const;
  /// Events after the founders'.
  std::uint64_t events() const { return events_; }

 private:
  struct Entry {
    std::uint32_t seat = 0;
    Cseq cseq;
    std::uint32_t kind : 4 = 0;
    std::uint32_t target : 28 = 0;
    std::uint32_t at_ms = 0;  // since the beginning
  };
  static_assert(sizeof(Entry) == 16);
  struct Room {
    std::vector<Entry> entries;
    std::vector<PrefixHash> hashes;  // [i]: fold up to the (i + 1)th multiple of kStride
    std::vector<Cseq> last;          // by seat; empty while nobody has said anything
    std::uint32_t messages = 0;
    std::uint32_t checkpoint = 0;
    ViewId fence;  // of its home among several nodes
  };
  static constexpr std::uint64_t kStride = 16;

  ports::RoomLoaded on(const ports::LoadRoom& request);
  ports::Committed on(ports::CommitBatch&& batch);
  ports::PageRead on(const ports::ReadPage& request) const;
  ports::UserLoaded on(const ports::LoadUser& request) const;
  void on(const ports::PutReadMarks& request);
  void on(const ports::PutCheckpoint& request);
  ports::CommitRowResult commit_row(std::uint32_t room, const ports::CommitRow& row, WallTime now);
  ports::CommitRowResult result_of(std::uint32_t room, wire::SendStatus status, Seq seq) const;
  void append(std::uint32_t room, const Entry& entry);
  std::uint32_t seat_of(std::uint32_t room, DeviceId device) const;
  Seq find(std::uint32_t room, std::uint32_t seat, Cseq cseq) const;
  std::uint64_t msg_no_at(std::uint32_t room, Seq seq) const;
  std::vector<wire::Event> events_of(std::uint32_t room, std::uint64_t first, std::uint64_t last) const;
  void check_words(std::uint32_t room, std::uint32_t user, const ports::CommitRow& row);

  const Plan* plan_;
  const Words* words_;
  check::Violations* violations_;
  std::vector<Room> rooms_;
  std::vector<std::uint32_t> marks_;  // by user and pass; empty while nobody has read anything
  std::uint64_t events_ = 0;
};

}  // namespace starling::crowd
