// One simulated device: the product's client engine, its storage, the application around it, and the checks that watch
// them. It crashes, comes back from what its storage holds, goes offline, is cloned. One thread: the world's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/client/session.h"
#include "loadsim/check/device_watch.h"
#include "loadsim/people/acting.h"
#include "loadsim/people/person.h"
#include "loadsim/sim/chronicle.h"
#include "loadsim/sim/context.h"
#include "loadsim/sim/device_store.h"
#include "loadsim/sim/log_witness.h"
#include "loadsim/sim/network.h"
#include "loadsim/sim/node.h"
#include "loadsim/sim/paging.h"
#include "loadsim/sim/shown_rooms.h"
#include "loadsim/users/action.h"

namespace starling::sim {

/// Where between a message and its traces the application dies.
enum class CrashStep : std::uint8_t {
  None,
  Now,
  BeforePut,    // the message is with the application only
  AfterPut,     // stored, and the engine not told
  AfterSend,    // on its way to the server
  AfterAck,     // answered, and the outbox still holds it
  AfterApply,   // an event was shown, and is not stored
  AfterStored,  // an event is stored, and the server not told
  kCount
};

class Device {
 public:
  struct Identity {
    std::uint32_t index = 0;
    UserId user;
    DeviceId device;
    bool sampled = false;
  };
  struct Surroundings {
    Context* context;
    Network* network;
    const std::vector<std::unique_ptr<Node>>* nodes;  // their clocks date the login tokens
    LogWitness* witness;
    check::EventNames* names;
  };

  Device(Identity who, Surroundings around);
  ~Device();

  // ---- life

  /// The application starts from what is stored.
  void start();
  /// It is gone; some of what it was writing may have reached the disk.
  void crash();
  /// Dies at that step, or when `latest` has come.
  void crash_at(CrashStep step, Instant latest);
  /// For good.
  void retire();
  bool running() const { return session_ != nullptr; }
  bool retired() const { return retired_; }
  /// Whatever is wrong with it stays: nobody waits for it to come to rest.
  void give_up() { given_up_ = true; }
  bool given_up() const { return given_up_ || retired_; }
  void go_offline(Instant until);
  void go_online() { offline_until_ = context_->now(); }
  bool offline() const;
  /// Another machine with a copy of this one's disk. Both know nothing of each other.
  void become_clone_of(Device& original);
  bool is_clone() const { return clone_; }
  /// A scenario's; the device is told what it does.
  void seat(std::unique_ptr<people::Person> person) { person_ = std::move(person); }
  people::Person* person() { return person_.get(); }

  // ---- happenings

  void on_dialled(std::uint64_t attempt, bool made);
  void on_link_down(std::uint64_t attempt);
  /// `code`: of the server's close; 0: the connection is simply gone.
  void on_hang_up(std::uint64_t attempt, std::uint16_t code);
  void on_timer(std::uint64_t ticket);
  void on_persisted(std::uint64_t incarnation);
  void on_starts(std::uint64_t incarnation);
  void on_crashes(std::uint64_t incarnation);

  // ---- commands; nothing happens while the application is down

  /// What its person does.
  people::Done act(users::Action action);
  bool send(RoomId room, client::Draft draft);
  /// A message with a stamp in it, `bytes` long.
  bool say(RoomId room, std::size_t bytes, Seq reply_to = Seq(), std::string_view extra = {});
  void join_room(RoomId room, bool decline);
  void put_item(wire::ItemKind kind, std::string key, std::string value);
  bool edit(RoomId room, Seq message, std::size_t bytes);
  void create_room(wire::RoomKind kind, std::string title, std::vector<UserId> members);
  void read_pages(RoomId room, Seq from, bool backward);
  void mark_read(RoomId room);
  void type(RoomId room);
  void set_mode(RoomId room, wire::SyncMode mode);
  /// From now on these are shown where the room is; nobody: it is not shown.
  void watch_people(RoomId room, std::vector<UserId> users, bool receipts);
  void set_away(bool away);
  /// Of a message that may not be there yet.
  void mark_read_beyond(RoomId room, std::uint64_t by);

  // ---- what is

  const Identity& who() const { return who_; }
  const client::Session* session() const { return session_.get(); }
  bool away() const { return away_; }
  /// When the person last went away or came back, or the connection did.
  Instant presence_moved() const { return presence_moved_; }
  const std::map<RoomId, std::vector<UserId>>& watched() const { return watched_; }
  /// As told on this connection.
  std::optional<wire::PresenceState> presence_of(UserId user) const {
    const auto at = presence_.find(user);
    return at == presence_.end() ? std::nullopt : std::optional(at->second);
  }
  bool ready() const { return session_ != nullptr && session_->state() == client::LinkState::Ready; }
  ShownRooms& views() { return views_; }
  const ShownRooms& views() const { return views_; }
  const DeviceStore& disk() const { return disk_; }
  const check::DeviceWatch& watch() const { return *watch_; }
  check::DeviceWatch& watch() { return *watch_; }
  /// Under ids that the device had before.
  const std::vector<std::unique_ptr<check::DeviceWatch>>& past() const { return past_; }
  std::uint64_t refused() const { return refused_; }
  /// What the engine had to mend goes to its person's figures: at the end, and before a crash.
  void count_oddities();

 private:
  /// The least head that an answer may show, and the epoch in which that means something.
  struct Least {
    Epoch epoch;
    Seq seq;
  };

  template <class F>
  void input(F&& f);
  void carry_out();
  void store(const client::Persist& persist);
  void write();
  void apply_written(std::uint64_t token);
  void follow_link();
  void hang_up_and_return();
  std::uint32_t next_number() { return person_ ? person_->next_number() : ++number_; }
  void notice(const client::Notice& notice);
  void on(const client::Applied& n);
  void on(const client::Settled& n);
  void on(const client::RoomReset& n);
  void on(const client::RoomSynced& n);
  void on(const client::RoomsListed& n);
  void on(const client::RoomChanged& n) { views_.on(n.change->info); }
  void on(const client::RoomLeft& n) {
    views_.left(n.room);
    watched_.erase(n.room);
  }
  void on(const client::RoomMade&) {}
  void on(const client::RoomJoined&) {}
  void on(const client::ItemsChanged&) {}
  void on(const client::ItemPut&) {}
  void on(const client::PageRead& n);
  void on(const client::PageFailed&) { paging_.stop(); }
  void on(const client::HeadMoved& n);
  void on(const client::Welcomed& n);
  void on(const client::StateChanged& n);
  void on(const client::Fatal& n);
  void on(const client::Renumbered&) {}
  void on(const client::ReadMarked&) {}
  void on(const client::Typing&) {}
  void on(const client::ServerError&) {}
  void on(const client::PresenceSeen& n);
  void on(const client::ReceiptsSeen& n) { witness_->receipts(viewer(), *n.receipts); }
  void on(const client::Held&) {}
  void note_asked(const wire::ClientFrame& frame);
  void check_least(RoomId room, Epoch epoch, Seq head, const Least& least);
  void check_answer(const wire::SyncedRoom& answer);
  bool reaches_crash_step() const;
  void follow_up();
  void send_anew(const wire::Send& entry);
  std::unique_ptr<check::DeviceWatch> new_watch();
  void ask_next_page();
  void become_another();
  void arm();
  void start_again(Duration after);
  std::string token() const;
  LogWitness::Viewer viewer() const;
  std::uint64_t random() { return context_->next_draw(Stream::DeviceSeed, who_.index + 1, draws_); }

  Identity who_;
  Context* context_;
  Network* network_;
  const std::vector<std::unique_ptr<Node>>* nodes_;
  LogWitness* witness_;
  check::EventNames* names_;

  client::HeapLender lender_;
  std::unique_ptr<client::Session> session_;
  client::Output out_;
  std::string ticket_;
  Instant connected_{};

  DeviceStore disk_;
  std::deque<StoredChange> unwritten_;
  std::vector<StoredChange> lazy_;  // removals that wait for the next write, and are not said to be durable before
  std::uint64_t writing_to_ = 0;    // 0: no write is under way
  std::uint64_t written_to_ = 0;    // but for what is lazy

  std::unique_ptr<check::DeviceWatch> watch_;
  std::vector<std::unique_ptr<check::DeviceWatch>> past_;
  std::map<RoomId, std::deque<Least>> asked_least_;  // by the Syncs that are not answered yet, the oldest first
  Least page_least_;

  std::unique_ptr<people::Person> person_;  // none: nobody whom a scenario knows

  Chronicle chronicle_;
  ShownRooms views_;
  std::map<RoomId, std::vector<UserId>> watched_;
  std::map<UserId, wire::PresenceState> presence_;
  bool away_ = false;
  Instant presence_moved_{};
  Paging paging_;
  std::vector<wire::Send> to_send_anew_;  // after the device's id was found to be cloned
  bool listed_ = false;

  std::uint64_t incarnation_ = 0;
  std::uint64_t draws_ = 0;
  std::uint64_t lazies_ = 0;
  std::uint64_t disk_writes_ = 0;
  std::uint64_t ticket_number_ = 0;  // of the deadline
  std::uint64_t refused_ = 0;        // sends that the log refused for want of membership
  std::uint32_t number_ = 0;         // of stamps
  Instant armed_ = kNever;
  Instant offline_until_{};
  CrashStep crash_step_ = CrashStep::None;
  bool another_due_ = false;  // the device's id is not its own
  bool page_due_ = false;
  bool clone_ = false;
  bool retired_ = false;
  bool given_up_ = false;
};

template <class F>
void Device::input(F&& f) {
  ++context_->inputs;
  f(*session_, context_->now(), out_);
  carry_out();
  follow_up();
}

}  // namespace starling::sim
