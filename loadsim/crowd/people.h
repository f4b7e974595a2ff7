// The users of one cluster and their devices, in as few bytes as the truth allows: 24 a person, 32 a room of theirs, and what only
// those who act need. They speak the protocol's frames as the client engine does, which loadsim/sim runs itself: cursors, in order
// or not at all, cumulative reports, sends repeated until they are answered. Every event that is shown is checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loadsim/check/room_watch.h"
#include "loadsim/check/send_watch.h"
#include "loadsim/check/sweep.h"
#include "loadsim/crowd/cluster.h"
#include "loadsim/crowd/context.h"
#include "loadsim/crowd/log.h"
#include "loadsim/crowd/parcel.h"
#include "loadsim/crowd/plan.h"
#include "loadsim/crowd/words.h"

namespace starling::crowd {

class People {
 public:
  People(Context& context, const Plan& plan, const Words& words, const Log& log, std::uint32_t cluster);
  void connect(Cluster& cluster) { cluster_ = &cluster; }

  // ---- the line

  /// Everybody comes within the ramp, one after the other, and acts once it is over.
  void start();
  void on_comes(std::uint32_t user);
  void on_dial(std::uint32_t user);
  void on_login(std::uint32_t user, std::uint32_t attempt);
  bool is_on(std::uint32_t user, const Line& line) const {
    const Person& p = people_[user];
    return p.link >= Link::Greeting && p.shard == line.shard && p.conn == line.conn;
  }
  /// The connection is gone, and the device knows.
  void lost(std::uint32_t user);
  /// That share loses the network until then; both ends find out by themselves. Returns how many connections it broke.
  std::uint64_t cut(const Spell& spell);
  void receive(std::uint32_t user, const Parcel& parcel, Unpacking& unpacking);
  /// It will be called for that user soon: a hint to the memory.
  void expect(std::uint32_t user, std::uint32_t pass) const {
    if (user >= people_.size()) return;
    __builtin_prefetch(&people_[user]);
    __builtin_prefetch(&people_[user].waits);  // its last: it may lie in two lines of memory
    __builtin_prefetch(&seats_[std::size_t{user} * passes_ + pass]);
  }

  // ---- doings

  void on_act(std::uint32_t user, std::uint32_t n);
  void stop_acting() { acting_ = false; }
  /// Each user is visited this often: what waits for a timer is looked at.
  static constexpr Duration kVisitEvery = std::chrono::seconds(5);
  static constexpr std::uint32_t kSlices = 1000;
  void visit(std::uint32_t slice);

  // ---- the end

  /// Who waits for what: nothing when everybody has everything.
  std::string unrest() const;
  void sweep();

 private:
  enum class Link : std::uint8_t { Off, Dialling, Greeting, Ready };
  struct Person {
    ConnId conn;
    std::uint32_t actor = UINT32_MAX;
    std::uint32_t undrained = 0;  // bytes that came and that the server was not told of
    std::uint16_t attempt = 0;
    std::uint8_t shard = 0;
    std::uint8_t synced = 0;       // a bit a pass
    std::uint8_t undelivered = 0;  // events that were shown and not reported
    Link link = Link::Off;
    std::uint8_t tries = 0;
    std::uint8_t waits = 0;  // visits since something was expected
  };
  static_assert(sizeof(Person) == 24);
  /// A room of a person's; never in two lines of memory.
  struct alignas(32) Seat {
    check::RoomWatch seen;
    PrefixHash hash;
  };
  static_assert(sizeof(Seat) == 32);
  struct Pending {
    Cseq cseq;
    wire::EventKind kind = wire::EventKind::Message;
    std::uint8_t pass = 0;
    std::uint8_t waits = 0;
    bool sent = false;   // on this connection, and not refused for now
    bool tried = false;  // ever
    std::uint32_t target = 0;
  };
  /// Of a room of somebody who acts.
  struct Doing {
    check::SendWatch sent;
    Cseq minted;
    std::uint32_t newest = 0;   // message that was shown
    std::uint32_t reacted = 0;  // message with the person's last reaction
    std::uint32_t marked = 0;   // as read, said
    std::uint32_t told = 0;     // as read, by the server, on this connection
  };
  struct Actor {
    std::vector<Pending> outbox;
    std::uint32_t choices = 0;
    std::uint32_t page = 0;  // asked for last
    std::uint8_t open = 0;   // the room that is looked at, as a pass
  };

  Seat& seat(std::uint32_t user, std::uint32_t pass) { return seats_[std::size_t{user} * passes_ + pass]; }
  const Seat& seat(std::uint32_t user, std::uint32_t pass) const { return seats_[std::size_t{user} * passes_ + pass]; }
  Doing& doing(const Person& p, std::uint32_t pass) { return doings_[std::size_t{p.actor} * passes_ + pass]; }
  std::uint8_t all_passes() const { return static_cast<std::uint8_t>((1u << passes_) - 1); }
  std::uint64_t entity(std::uint32_t user) const { return std::uint64_t{number_} << 32 | user; }
  Line line(const Person& p) const { return {.shard = p.shard, .conn = p.conn}; }
  bool is_cut(std::uint32_t user) const;
  RoomId room_id(std::uint32_t user, std::uint32_t pass) const;
  std::uint32_t pass_in(std::uint32_t user, RoomId room) const;

  // people.cpp
  void dial_after(std::uint32_t user, Duration wait);
  void back_off(std::uint32_t user);
  void send(std::uint32_t user, wire::ClientFrame&& frame);
  void sync(std::uint32_t user, std::uint8_t passes);
  void visit_one(std::uint32_t user);
  void tell_drained(std::uint32_t user);
  void tell_delivered(std::uint32_t user);

  // people_frames.cpp
  void on_event(std::uint32_t user, const Parcel& parcel);
  void on(std::uint32_t user, const wire::Welcome& frame);
  void on(std::uint32_t user, const wire::Synced& frame);
  void on(std::uint32_t user, const wire::SendResult& frame);
  void on(std::uint32_t user, const wire::HistoryPage& frame, Unpacking& unpacking);
  void on(std::uint32_t user, const wire::ReadMarked& frame);
  void violated(check::Guarantee guarantee, std::uint32_t user, RoomId room, Seq seq, std::string text);

  // people_acts.cpp
  std::uint64_t seed_of_acts() const { return mix64(context_->options.seed ^ number_); }
  std::uint64_t choice(std::uint32_t user, std::uint64_t among);
  void act(std::uint32_t user, users::Action action);
  void write(std::uint32_t user, std::uint32_t pass, wire::EventKind kind, std::uint32_t target);
  void send_pending(std::uint32_t user, Pending& pending);
  void send_outbox(std::uint32_t user, std::uint32_t pass);
  void mark_read(std::uint32_t user, std::uint32_t pass);

  Context* context_;
  const Plan* plan_;
  const Words* words_;
  const Log* log_;
  Cluster* cluster_ = nullptr;
  std::uint32_t number_;
  std::uint32_t passes_;
  std::vector<Person> people_;
  std::vector<Seat> seats_;  // by user and pass
  std::vector<Actor> actors_;
  std::vector<Doing> doings_;  // by actor and pass
  std::vector<Spell> cuts_;
  bool acting_ = true;
};

}  // namespace starling::crowd
