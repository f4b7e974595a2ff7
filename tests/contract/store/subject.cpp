#include "tests/contract/store/subject.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include "loadsim/sim/database.h"
#include "loadsim/sim/postgres_store.h"
#include "server/store/postgres/clusters.h"
#include "server/store/postgres/store.h"
#include "server/store/sqlite/log_reader.h"
#include "server/store/sqlite/snapshot.h"
#include "server/store/sqlite/sqlite.h"
#include "server/store/sqlite/store.h"
#include "tests/support/postgres/database.h"

namespace starling::contract {

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "starling-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}
TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

namespace {

/// A store with threads of its own, asked one operation at a time.
template <class Store>
class Asked {
 public:
  /// As Store::open takes it, before the completions.
  template <class... Config>
  explicit Asked(const Config&... config) {
    auto opened = Store::open(
        config..., [this](ShardId, ports::StoreCompletion&& completion) { done_.set_value(std::move(completion)); });
    if (!opened) throw std::runtime_error(opened.error().text);
    store_ = std::move(*opened);
  }

  ports::StoreCompletion run(ports::StoreRequest request) {
    done_ = {};
    auto future = done_.get_future();
    store_->submit(ShardId(3), {.id = ++id_, .request = std::move(request)});
    ports::StoreCompletion completion = future.get();
    if (completion.id != id_) throw std::runtime_error("a completion of another operation");
    return completion;
  }

 private:
  std::promise<ports::StoreCompletion> done_;
  std::uint64_t id_ = 0;
  std::unique_ptr<Store> store_;
};

class SqliteSubject final : public Subject {
 public:
  ports::StoreCompletion run(ports::StoreRequest request) override { return asked_.run(std::move(request)); }

  /// By hand, as the retention job will: the checkpoint below the cut and the cut are one transaction.
  void cut(RoomId room, Seq min_seq) override {
    store::Connection connection({.path = path_, .busy_timeout_ms = 1000});
    store::LogReader reader(connection);
    PrefixHash hash;
    Seq old_min;
    {
      store::Snapshot snapshot(connection);
      const store::RoomRow row = reader.room(room);
      if (min_seq <= row.min_seq || min_seq > row.head) return;
      old_min = row.min_seq;
      hash = reader.fold_to(room, min_seq.prev(), snapshot);
    }
    connection.exec("BEGIN IMMEDIATE");
    store::Statement(connection, "INSERT OR IGNORE INTO checkpoints VALUES (?, ?, ?)").run(room, min_seq.prev(), hash);
    store::Statement(connection, "UPDATE rooms SET min_seq = ? WHERE room_id = ?").run(min_seq, room);
    store::Statement(connection, "DELETE FROM events WHERE room_id = ? AND seq < ?").run(room, min_seq);
    connection.exec("COMMIT");
  }

 private:
  TempDir dir_;
  std::string path_ = dir_.file("starling.db");
  Asked<store::Store> asked_{store::StoreConfig{.path = path_, .readers = 1}};
};

void cut_in(support::Database& database, Subject& subject, RoomId room, Seq min_seq) {
  const auto page =
      subject.get<ports::PageRead>(ports::ReadPage{.room = room, .from = min_seq.prev(), .limit = 0, .bytes_max = 1});
  if (min_seq <= page.min_seq || min_seq > page.head) return;
  database.sql().run(fmt::format(
      "INSERT INTO checkpoints VALUES ({0}, {1} - 1, {2}) ON CONFLICT DO NOTHING;"
      "UPDATE rooms SET min_seq = {1} WHERE room_id = {0}; DELETE FROM events WHERE room_id = {0} AND seq < {1}",
      static_cast<std::int64_t>(room.value), min_seq.value, static_cast<std::int64_t>(page.hash_before.value)));
}

void pass_in(support::Database& database, Duration time) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  database.sql().run(fmt::format("UPDATE cluster SET kept_at = kept_at - {} * interval '1 microsecond'", us));
}

/// One store serves all cases of the process: to connect takes longer than a case. Each finds an empty database.
class PostgresSubject final : public Subject {
 public:
  PostgresSubject() { server().database.clear(); }

  ports::StoreCompletion run(ports::StoreRequest request) override { return server().asked.run(std::move(request)); }

  void cut(RoomId room, Seq min_seq) override { cut_in(server().database, *this, room, min_seq); }
  void pass(Duration time) override { pass_in(server().database, time); }

 private:
  struct Server {
    support::Database database;
    Asked<postgres::Store> asked{postgres::StoreConfig{
        .conninfo = database.conninfo(), .connections = 1, .readers = 1, .durability = postgres::Durability::Local}};
  };
  static Server& server() {
    static Server one;
    return one;
  }
};

/// Likewise.
class PostgresPartsSubject final : public Subject {
 public:
  PostgresPartsSubject() {
    for (support::Database* database : {&server().people, &server().rooms[0], &server().rooms[1]}) database->clear();
  }

  ports::StoreCompletion run(ports::StoreRequest request) override { return server().asked.run(std::move(request)); }
  void cut(RoomId room, Seq min_seq) override {
    cut_in(server().rooms.at(postgres::part_of(room, server().rooms.size())), *this, room, min_seq);
  }
  void pass(Duration time) override { pass_in(server().people, time); }

 private:
  struct Server {
    support::Database people;
    std::array<support::Database, 2> rooms;
    Asked<postgres::Clusters> asked{
        postgres::StoreConfig{
            .conninfo = people.conninfo(), .connections = 1, .readers = 1, .durability = postgres::Durability::Local},
        std::vector{rooms[0].conninfo(), rooms[1].conninfo()}};
  };
  static Server& server() {
    static Server one;
    return one;
  }
};

class ModelSubject final : public Subject {
 public:
  ports::StoreCompletion run(ports::StoreRequest request) override {
    return {.id = 1, .status = ports::StoreStatus::Ok, .result = database_.execute(std::move(request), nullptr, now_)};
  }
  void pass(Duration time) override { now_ += time; }
  void cut(RoomId room, Seq min_seq) override { database_.cut(room, min_seq); }

 private:
  sim::Database database_;
  Instant now_{};
};

class PostgresModelSubject final : public Subject {
 public:
  ports::StoreCompletion run(ports::StoreRequest request) override {
    store_.submit(ShardId(), {.id = ++id_, .request = std::move(request)});
    for (sim::Scheduled event; context_.wheel.next(kNever, event);) {
      if (event.what == sim::Happening::StoreDone) return std::move(store_.done(event.a)->completion);
      store_.happened(event);
    }
    throw std::runtime_error("an operation without an answer");
  }
  void cut(RoomId room, Seq min_seq) override {
    store_.cut(room, min_seq);
    pass(std::chrono::seconds(1));
  }
  void pass(Duration time) override {
    const Instant end = context_.now() + time;
    for (sim::Scheduled event; context_.wheel.next(end, event);) store_.happened(event);
  }

 private:
  sim::Context context_{sim::Options{.store = sim::StoreKind::Postgres, .standby_reads_percent = 100}};
  sim::Database database_;
  sim::PostgresStore store_{context_, database_};
  std::uint64_t id_ = 0;
};

void add(std::string& out, const wire::Event& e) {
  fmt::format_to(std::back_inserter(out),
                 "  event {}/{}.{} kind {} by {}/{} cseq {} id {} ts {} msg {} target {} thread {} subject {} role {} "
                 "erased {} '{}'\n",
                 e.room.value, e.epoch.value, e.seq.value, static_cast<int>(e.kind), e.sender.value, e.device.value,
                 e.cseq.value, e.client_msg_id.value, to_ms(e.ts), e.msg_no, e.target.value, e.thread.value,
                 e.subject.value, static_cast<int>(e.role), e.erased_hash, e.body);
}

void add(std::string&, const ports::Done&) {}
void add(std::string& out, const ports::RoomLoaded& r) {
  fmt::format_to(std::back_inserter(out),
                 "room exists {} fenced {} kind {} '{}' epoch {} head {} msg {} min {} ts {} checkpoint {}={}\n",
                 r.exists, r.fenced, static_cast<int>(r.kind), r.title, r.epoch.value, r.head.value, r.msg_no,
                 r.min_seq.value, to_ms(r.last_ts), r.checkpoint_seq.value, r.checkpoint_hash.value);
  for (const ports::Member& m : r.members) {
    fmt::format_to(std::back_inserter(out), "  member {} role {} since {} from {}\n", m.user.value,
                   static_cast<int>(m.role), m.join_seq.value, m.visible_from.value);
  }
  for (const wire::Event& event : r.tail) add(out, event);
}
void add(std::string& out, const ports::Committed& c) {
  fmt::format_to(std::back_inserter(out), "commit exists {} fenced {} epoch {} {}..{}\n", c.exists, c.fenced,
                 c.epoch.value, c.prev_head.value, c.head.value);
  for (const ports::CommitRowResult& r : c.results) {
    fmt::format_to(std::back_inserter(out), "  row {} seq {} expected {} msg {} ts {}\n", static_cast<int>(r.status),
                   r.seq.value, r.expected.value, r.msg_no, to_ms(r.ts));
  }
}
void add(std::string& out, const ports::PageRead& p) {
  fmt::format_to(std::back_inserter(out), "page exists {} epoch {} min {} head {} before {}\n", p.exists, p.epoch.value,
                 p.min_seq.value, p.head.value, p.hash_before.value);
  for (const wire::Event& event : p.events) add(out, event);
  fmt::format_to(std::back_inserter(out), " related to {}\n", p.related_to.value);
  for (const wire::Event& event : p.related) add(out, event);
}
void add(std::string& out, const ports::DeviceRead& d) {
  fmt::format_to(std::back_inserter(out), "device {}\n", d.last_cseq.value);
}
void add(std::string& out, const ports::UserLoaded& u) {
  fmt::format_to(std::back_inserter(out), "user version {} items {}\n", u.rooms_version, u.items_version);
  for (const ports::UserRoom& r : u.rooms) {
    fmt::format_to(std::back_inserter(out), "  in {} kind {} role {} '{}' read {}/{}\n", r.info.room.value,
                   static_cast<int>(r.info.kind), static_cast<int>(r.info.role), r.info.title, r.read_seq.value,
                   r.read_msg_no);
  }
}
void add(std::string& out, const wire::Item& i) {
  fmt::format_to(std::back_inserter(out), "  item {} '{}' = '{}' at {}\n", static_cast<int>(i.kind), i.key, i.value,
                 i.version);
}
void add(std::string& out, const ports::ItemsLoaded& l) {
  fmt::format_to(std::back_inserter(out), "items {}..{} more {}\n", l.changes.prev, l.changes.version, l.changes.more);
  for (const wire::Item& item : l.changes.items) add(out, item);
}
void add(std::string& out, const ports::ItemStored& s) {
  fmt::format_to(std::back_inserter(out), "put {}\n", static_cast<int>(s.status));
  add(out, s.item);
}
void add(std::string&, const ports::RoomsAnswered&) {}
void add(std::string& out, const ports::RoomMade& r) {
  fmt::format_to(std::back_inserter(out), "made {} room {}\n", static_cast<int>(r.status), r.room.value);
}
void add(std::string& out, const ports::LeaseKept& k) {
  fmt::format_to(std::back_inserter(out), "lease kept {}\n", k.kept);
  for (const ports::View& view : k.views) {
    fmt::format_to(std::back_inserter(out), "  view {}\n", view.id.value);
    for (const ports::ViewNode& n : view.nodes) {
      fmt::format_to(std::back_inserter(out), "    node {}+{} boot {} leaving {}\n", n.first.value, n.shards, n.boot,
                     n.leaving);
    }
  }
}
void add(std::string& out, const ports::AccountsAnswered& a) {
  fmt::format_to(std::back_inserter(out), "accounts {}\n", a.result->index());
}
void add(std::string& out, const ports::EpochRaised& e) {
  fmt::format_to(std::back_inserter(out), "epoch {} fenced {}\n", e.epoch.value, e.fenced);
}

}  // namespace

std::unique_ptr<Subject> make_subject(Kind kind) {
  switch (kind) {
    case Kind::Sqlite:
      return std::make_unique<SqliteSubject>();
    case Kind::Model:
      return std::make_unique<ModelSubject>();
    case Kind::PostgresModel:
      return std::make_unique<PostgresModelSubject>();
    case Kind::Postgres:
      return std::make_unique<PostgresSubject>();
    case Kind::PostgresParts:
      return std::make_unique<PostgresPartsSubject>();
  }
  return nullptr;
}

std::string name_of(Kind kind) {
  switch (kind) {
    case Kind::Sqlite:
      return "Sqlite";
    case Kind::Model:
      return "Model";
    case Kind::PostgresModel:
      return "PostgresModel";
    case Kind::Postgres:
      return "Postgres";
    case Kind::PostgresParts:
      return "PostgresParts";
  }
  return {};
}

std::string text_of(const ports::StoreCompletion& completion) {
  std::string out = fmt::format("status {}\n", static_cast<int>(completion.status));
  std::visit([&out](const auto& result) { add(out, result); }, completion.result);
  return out;
}

}  // namespace starling::contract
