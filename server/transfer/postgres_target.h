// PostgreSQL as an import writes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/postgres/migrate.h"
#include "server/store/postgres/part.h"
#include "server/store/postgres/session.h"
#include "server/store/postgres/standstill.h"
#include "server/transfer/target.h"

namespace starling::transfer {

/// Brings the schema up to date. No node runs while it lives; a commit waits for what commits of nodes wait for. Of several
/// databases the people's commits first: a room is there with all that people have of it, or is made again.
class PostgresTarget final : public Target {
 public:
  explicit PostgresTarget(postgres::Databases databases);

  bool has_rooms() override;
  void begin() override;
  void commit() override;
  void rollback() override;
  void complete() override { postgres::analyze(databases_); }
  bool in_transaction() const override { return in_transaction_; }
  void begin_room() override;
  void keep_room() override;
  void undo_room() override;

  void put_versions(UserId user, std::uint64_t rooms, std::uint64_t items) override;
  void index(UserId user) override;
  bool put_row(std::string_view table, std::uint64_t id, Fields& fields, bool or_leave) override;
  void put_event(const wire::Event& event) override;
  void put_checkpoint(RoomId room, Seq seq, PrefixHash hash) override;

  std::optional<StoredRoom> stored(RoomId room) override;
  PrefixHash fold(RoomId room, Seq min_seq) override;

 private:
  /// Events that go as one statement, by columns.
  struct Waiting {
    RoomId room;
    std::vector<std::int64_t> seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread,
        subject, role, body_hash, erased;
    std::vector<std::string> body;
  };
  void put_waiting();
  postgres::Session& people() { return *sessions_.front(); }
  /// Where logs are.
  std::span<const std::unique_ptr<postgres::Session>> with_logs() const {
    return std::span(sessions_).subspan(databases_.one() ? 0 : 1);
  }
  postgres::Session& of(RoomId room) {
    const auto logs = with_logs();
    return *logs[postgres::part_of(room, logs.size())];
  }
  void run(postgres::Literal sql) {
    for (auto& session : sessions_) session->run(sql);
  }

  postgres::Databases databases_;
  std::vector<std::unique_ptr<postgres::Standstill>> standstills_;
  std::vector<std::unique_ptr<postgres::Session>> sessions_;  // the people's first
  Waiting waiting_;
  bool in_transaction_ = false;
  bool in_room_ = false;
};

}  // namespace starling::transfer
