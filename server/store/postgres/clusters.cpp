#include "server/store/postgres/clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <variant>

#include "server/store/postgres/counters.h"
#include "server/store/postgres/digests.h"
#include "server/store/postgres/exchange.h"
#include "server/store/postgres/params.h"
#include "server/store/postgres/relay.h"
#include "server/store/postgres/routes.h"

namespace starling::postgres {
namespace {

constexpr Statement kLinkAdmits{"link_admits", "SELECT link_admits($1, $2, $3)"};
constexpr Statement kEnterByLink{"enter_by_link", "SELECT * FROM enter_by_link($1, $2, $3, $4)"};

using ports::StoreCompletion;
using ports::StoreStatus;

template <class Answer>
Answer* account_answer(StoreCompletion& completion) {
  auto* answered = std::get_if<ports::AccountsAnswered>(&completion.result);
  return answered == nullptr ? nullptr : std::get_if<Answer>(&*answered->result);
}

/// Of who asks, as what came out at the end.
struct Asker {
  ShardId shard;
  std::uint64_t id = 0;
};

}  // namespace

class Clusters::Parts {
 public:
  explicit Parts(Complete complete) : complete_(std::move(complete)) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    {
      const std::scoped_lock lock(mutex_);
      closing_ = true;
    }
    // What ends first still tells those after it.
    people_.reset();
    for (auto& store : rooms_) store.reset();
    for (auto& relay : relays_) relay->close();
  }

  Result<void, StartError> open(StoreConfig config, const std::vector<std::string>& rooms, const Say& say) {
    const Databases databases(config.conninfo, rooms);
    const auto open_one = [&](const Database& database, auto&& answered) {
      config.conninfo = database.conninfo;
      config.part = database.part;
      return Store::open(config, std::forward<decltype(answered)>(answered), say, counters_);
    };
    replicated_ = config.durability == Durability::Replicated;
    auto people = open_one(databases.people, [this](ShardId shard, StoreCompletion&& completion) {
      shard == kClustersShard ? resume(std::move(completion)) : complete_(shard, std::move(completion));
    });
    if (!people) return tl::unexpected(people.error());
    for (const Database& database : databases.parts) {
      auto part =
          open_one(database, [this, number = database.part.number](ShardId shard, StoreCompletion&& completion) {
            shard == kClustersShard ? resume(std::move(completion)) : committed(number, shard, std::move(completion));
          });
      if (!part) return tl::unexpected(part.error());
      relays_.push_back(std::make_unique<Relay>(
          Relay::Config{.part = database.conninfo, .people = databases.people.conninfo, .replicated = replicated_},
          complete_));
      rooms_.push_back(std::move(*part));
    }
    people_ = std::move(*people);
    return {};
  }

  void submit(ShardId shard, ports::StoreOp&& op) {
    const Asker asker{.shard = shard, .id = op.id};
    if (auto* create = std::get_if<ports::CreateRoom>(&op.request)) return claim(asker, std::move(*create));
    if (auto* change = std::get_if<ports::ChangeRooms>(&op.request);
        change != nullptr && std::holds_alternative<ports::UseLink>(change->request)) {
      return use_link(asker, *change, 0, StoreStatus::Ok);
    }
    if (auto* change = std::get_if<ports::ChangeAccounts>(&op.request)) {
      if (std::holds_alternative<ports::PutBlock>(*change->request)) return put_block(asker, *change);
      const auto* create = std::get_if<ports::CreateAccount>(&*change->request);
      if (create != nullptr && create->invite) return create_account(asker, *change);
    }
    if (auto* batch = std::get_if<ports::CommitBatch>(&op.request);
        batch != nullptr && batch->rooms_per_user_max != UINT32_MAX) {
      if (auto users = joining(*batch); !users.empty()) return commit(asker, std::move(*batch), std::move(users));
    }
    const auto room = room_of(op.request);
    (room ? *rooms_[part(*room)] : *people_).submit(shard, std::move(op));
  }

  bool healthy() const {
    return people_->healthy() && std::ranges::any_of(rooms_, [](const auto& store) { return store->healthy(); });
  }
  bool failed() const {
    return people_->failed() || std::ranges::any_of(rooms_, [](const auto& store) { return store->failed(); });
  }
  /// The one that has failed before those that are only not well.
  std::string why() const {
    std::string found = people_->why();
    bool has_failed = people_->failed();
    for (const auto& store : rooms_) {
      if (has_failed || (!found.empty() && !store->failed())) continue;
      found = store->why();
      has_failed = store->failed();
    }
    return found;
  }

  std::string metrics() const {
    Store::Waiting waiting = people_->waiting();
    bool all_healthy = people_->healthy();
    for (const auto& store : rooms_) {
      const Store::Waiting more = store->waiting();
      waiting.writes += more.writes;
      waiting.reads += more.reads;
      all_healthy = all_healthy && store->healthy();
    }
    std::string text = counters_->text({.writes_waiting = waiting.writes,
                                        .reads_waiting = waiting.reads,
                                        .replicated = replicated_,
                                        .healthy = all_healthy});
    const auto by_part = [&](const char* name, const char* type, const char* help, auto value) {
      fmt::format_to(std::back_inserter(text), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
      for (std::size_t i = 0; i < rooms_.size(); ++i) {
        fmt::format_to(std::back_inserter(text), "{}{{part=\"{}\"}} {}\n", name, i, value(i));
      }
    };
    by_part("starling_store_part_healthy", "gauge", "This part of the rooms takes commits now",
            [&](std::size_t i) { return static_cast<int>(rooms_[i]->healthy()); });
    by_part("starling_store_relayed_total", "counter", "Rows of the outbox that this node told the people's database",
            [&](std::size_t i) { return relays_[i]->told(); });
    by_part("starling_store_outbox_age_seconds", "gauge", "Since the outbox was empty, as this node has seen it",
            [&](std::size_t i) { return relays_[i]->behind().count(); });
    return text;
  }
  StoreStats stats() const { return counters_->stats(); }

 private:
  using Next = std::function<void(StoreCompletion&&)>;

  std::size_t part(RoomId room) const { return part_of(room, rooms_.size()); }

  // ---- one step of several

  /// Asks a store, and goes on with its answer.
  void ask(std::unique_ptr<Store>& store, ports::StoreRequest&& request, Next next) {
    {
      const std::scoped_lock lock(mutex_);
      if (!closing_) {
        const std::uint64_t id = ++last_step_;
        steps_.emplace(id, std::move(next));
        return store->submit(kClustersShard, {.id = id, .request = std::move(request)});
      }
    }
    StoreCompletion closed{.status = StoreStatus::Unavailable};
    give_back(request, closed.result);
    next(std::move(closed));
  }
  void ask_part(std::size_t part, Call&& call, Relay::Take take) {
    {
      const std::scoped_lock lock(mutex_);
      if (!closing_) return relays_[part]->ask(std::move(call), std::move(take));
    }
    take(nullptr);
  }
  void resume(StoreCompletion&& completion) {
    Next next;
    {
      const std::scoped_lock lock(mutex_);
      next = std::move(steps_.extract(completion.id).mapped());
    }
    next(std::move(completion));
  }

  void answer(Asker asker, StoreCompletion&& completion) {
    completion.id = asker.id;
    complete_(asker.shard, std::move(completion));
  }
  /// When the people's database has it as well.
  void answer_told(std::size_t part, RoomId room, Asker asker, StoreCompletion&& completion) {
    completion.id = asker.id;
    relays_[part]->answer(room, asker.shard, std::move(completion));
  }

  // ---- commits

  void committed(std::size_t part, ShardId shard, StoreCompletion&& completion) {
    const auto* done = std::get_if<ports::Committed>(&completion.result);
    if (completion.status == StoreStatus::Ok && done != nullptr && tells_people(*done)) {
      const RoomId room = done->batch.room;
      return relays_[part]->answer(room, shard, std::move(completion));
    }
    complete_(shard, std::move(completion));
  }

  /// Who joins counts with what they are in elsewhere; of several the one that is in most.
  void commit(Asker asker, ports::CommitBatch&& batch, std::vector<UserId> users) {
    struct Counting {
      ports::CommitBatch batch;
      std::size_t left = 0;
      std::uint32_t most = 0;
      StoreStatus status = StoreStatus::Ok;
    };
    const auto counting = std::make_shared<Counting>(Counting{.batch = std::move(batch), .left = users.size()});
    const auto is_elsewhere = [this, here = part(counting->batch.room)](const ports::UserRoom& room) {
      return part(room.info.room) != here;
    };
    for (const UserId user : users) {
      ask(people_, ports::LoadUser{user}, [this, asker, counting, is_elsewhere](StoreCompletion&& loaded) {
        // On one thread, that of the people's reads.
        if (loaded.status != StoreStatus::Ok) {
          counting->status = loaded.status;
        } else {
          const auto elsewhere = std::ranges::count_if(std::get<ports::UserLoaded>(loaded.result).rooms, is_elsewhere);
          counting->most = std::max(counting->most, static_cast<std::uint32_t>(elsewhere));
        }
        if (--counting->left == 0) commit_counted(asker, std::move(counting->batch), counting->most, counting->status);
      });
    }
  }
  void commit_counted(Asker asker, ports::CommitBatch&& batch, std::uint32_t elsewhere, StoreStatus status) {
    if (status != StoreStatus::Ok) {
      return answer(asker, {.status = status, .result = ports::Committed{.batch = std::move(batch)}});
    }
    const std::size_t here = part(batch.room);
    const std::uint32_t rooms_max = batch.rooms_per_user_max;
    batch.rooms_per_user_max -= std::min(rooms_max, elsewhere);
    ask(rooms_[here], std::move(batch), [this, asker, here, rooms_max](StoreCompletion&& completion) {
      std::get<ports::Committed>(completion.result).batch.rooms_per_user_max = rooms_max;
      completion.id = asker.id;
      committed(here, asker.shard, std::move(completion));
    });
  }

  // ---- a room is made: which one it is the people's database says, once

  void claim(Asker asker, ports::CreateRoom&& request) {
    ports::CreateRoom asked = request;
    ask(people_, std::move(asked), [this, asker, request = std::move(request)](StoreCompletion&& claimed) mutable {
      const auto* made = std::get_if<ports::RoomMade>(&claimed.result);
      const bool is_known = made != nullptr && (made->status == wire::CreateStatus::Created ||
                                                made->status == wire::CreateStatus::Existed);
      if (!is_known) return answer(asker, std::move(claimed));
      request.proposed = made->room;
      request.rooms_per_user_max = UINT32_MAX;  // judged with all that they are in
      make(asker, std::move(request));
    });
  }
  void make(Asker asker, ports::CreateRoom&& request) {
    const RoomId room = request.proposed;
    ask(rooms_[part(room)], std::move(request), [this, asker, room](StoreCompletion&& made) {
      if (made.status != StoreStatus::Ok) return answer(asker, std::move(made));
      answer_told(part(room), room, asker, std::move(made));
    });
  }

  // ---- a code says nothing of its room: the parts are asked in turn

  void use_link(Asker asker, const ports::ChangeRooms& request, std::size_t at, StoreStatus worst) {
    ask(rooms_[at], ports::ChangeRooms(request), [this, asker, request, at, worst](StoreCompletion&& used) {
      const auto* answered = std::get_if<ports::RoomsAnswered>(&used.result);
      const auto* link = answered == nullptr ? nullptr : std::get_if<ports::LinkUsed>(&answered->result);
      const bool knows = link != nullptr && link->use != ports::LinkUse::Unknown;
      const StoreStatus so_far = used.status == StoreStatus::Ok ? worst : used.status;
      if (!knows && at + 1 < rooms_.size()) return use_link(asker, request, at + 1, so_far);
      if (!knows) return answer(asker, so_far == StoreStatus::Ok ? std::move(used) : StoreCompletion{.status = so_far});
      if (link->use != ports::LinkUse::Invited) return answer(asker, std::move(used));
      answer_told(at, link->room, asker, std::move(used));
    });
  }

  // ---- who blocks whom is judged where their direct room is

  void put_block(Asker asker, const ports::ChangeAccounts& change) {
    ask(people_, ports::ChangeAccounts(change), [this, asker, change](StoreCompletion&& put) {
      const auto* done = account_answer<ports::ChangeDone>(put);
      if (done == nullptr || !done->done) return answer(asker, std::move(put));
      // Noted already.
      put_block_at(asker, {.request = change.request, .audit = std::nullopt}, 0);
    });
  }
  void put_block_at(Asker asker, const ports::ChangeAccounts& change, std::size_t at) {
    ask(rooms_[at], ports::ChangeAccounts(change), [this, asker, change, at](StoreCompletion&& put) {
      if (put.status != StoreStatus::Ok || at + 1 == rooms_.size()) return answer(asker, std::move(put));
      put_block_at(asker, change, at + 1);
    });
  }

  // ---- an account with an invitation, which may be a link into a room

  void create_account(Asker asker, const ports::ChangeAccounts& change) {
    ask(people_, ports::ChangeAccounts(change), [this, asker, change](StoreCompletion&& completion) {
      const auto* made = account_answer<ports::AccountCreated>(completion);
      if (made == nullptr) return answer(asker, std::move(completion));
      if (made->creation == ports::Creation::Created) return enter(asker, change, std::move(completion), 0);
      if (made->creation != ports::Creation::InviteBad) return answer(asker, std::move(completion));
      look_for_link(asker, change, 0, StoreStatus::Ok);
    });
  }
  /// The people know of no such invitation. Whoever has a link into a room comes in by that.
  void look_for_link(Asker asker, const ports::ChangeAccounts& change, std::size_t at, StoreStatus worst) {
    const auto& create = std::get<ports::CreateAccount>(*change.request);
    Params params = Params().add(create.account.profile.user);
    params.add_bytes(bytes_of(*create.invite)).add(create.account.created);
    ask_part(at, {&kLinkAdmits, std::move(params)}, [this, asker, change, at, worst](const Rows* rows) {
      if (rows != nullptr && rows->flag(0, 0)) {
        ports::ChangeAccounts admitted = change;
        std::get<ports::CreateAccount>(*admitted.request).admission = ports::Admission::Open;
        return create_account(asker, admitted);
      }
      const StoreStatus so_far = rows == nullptr ? StoreStatus::Unavailable : worst;
      if (at + 1 < rooms_.size()) return look_for_link(asker, change, at + 1, so_far);
      if (so_far != StoreStatus::Ok) return answer(asker, {.status = so_far});
      answer(asker, {.result = ports::AccountsAnswered{
                         ports::AccountResult(ports::AccountCreated{.creation = ports::Creation::InviteBad})}});
    });
  }
  /// The account is there. Where this breaks off its repeat goes on.
  void enter(Asker asker, const ports::ChangeAccounts& change, StoreCompletion&& created, std::size_t at) {
    const auto& create = std::get<ports::CreateAccount>(*change.request);
    Params params = Params().add(create.account.profile.user);
    params.add_bytes(bytes_of(*create.invite)).add(create.account.created).add(wire::body_hash({}));
    ask_part(at, {&kEnterByLink, std::move(params)},
             [this, asker, change, created = std::move(created), at](const Rows* rows) mutable {
               if (rows == nullptr) return answer(asker, {.status = StoreStatus::Unknown});
               const auto room = rows->as<RoomId>(0, 0);
               if (!room && at + 1 < rooms_.size()) return enter(asker, change, std::move(created), at + 1);
               if (!room) return answer(asker, std::move(created));
               auto* made = account_answer<ports::AccountCreated>(created);
               made->room = room;
               made->head = rows->as<Seq>(0, 1);
               answer_told(at, room, asker, std::move(created));
             });
  }

  Complete complete_;
  std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  bool replicated_ = true;
  std::mutex mutex_;  // of what follows
  bool closing_ = false;
  std::uint64_t last_step_ = 0;
  std::unordered_map<std::uint64_t, Next> steps_;
  std::vector<std::unique_ptr<Relay>> relays_;
  std::vector<std::unique_ptr<Store>> rooms_;
  std::unique_ptr<Store> people_;
};

Result<std::unique_ptr<Clusters>, StartError> Clusters::open(const StoreConfig& config,
                                                             const std::vector<std::string>& rooms, Complete complete,
                                                             const Say& say) {
  auto parts = std::make_unique<Parts>(std::move(complete));
  if (const auto opened = parts->open(config, rooms, say); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Clusters>(new Clusters(std::move(parts)));
}

Clusters::Clusters(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Clusters::~Clusters() = default;

void Clusters::submit(ShardId shard, ports::StoreOp&& op) { parts_->submit(shard, std::move(op)); }
bool Clusters::healthy() const { return parts_->healthy(); }
bool Clusters::failed() const { return parts_->failed(); }
std::string Clusters::why() const { return parts_->why(); }
std::string Clusters::metrics() const { return parts_->metrics(); }
StoreStats Clusters::stats() const { return parts_->stats(); }

}  // namespace starling::postgres
