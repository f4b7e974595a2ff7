// Every command by everybody, against a real server: what each may do is written down as a table, and what the server does
// is tried. A room of its own for each cell. A frame or a kind of event that no row tries fails the test; the routes of the
// HTTP API are compared with the rows by tests/tree/routes_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using enum wire::EventKind;

enum class Actor : std::uint8_t { Anonymous, Other, ExMember, Member, Moderator, Owner, RevokedDevice };
constexpr std::array kActors{Actor::Anonymous, Actor::Other, Actor::ExMember,     Actor::Member,
                             Actor::Moderator, Actor::Owner, Actor::RevokedDevice};
constexpr std::array kNames{"anonymous", "other user", "ex-member", "member", "moderator", "owner", "revoked device"};

constexpr UserId kVictim{8};  // a member
constexpr UserId kBanned{9};
constexpr UserId kSomebody{10};  // never heard of the room

/// A room as each cell finds it.
struct Room {
  RoomId id;
  Seq message;  // the owner's
};

class World {
 public:
  World() : server_(dir_, {.server = "", .sections = "[accounts]\nregistration = \"open\"\nattempts_burst = 1000\n"}) {
    // The owner has an account, and on it a device that will be revoked.
    const std::string account = R"({"handle":"owner","password":"correct horse battery"})";
    const std::string first = post("/v1/register", account, "");
    owner_ = UserId(std::stoull(text_between(first, "\"user\":\"", '"')));
    const std::string login = text_between(first, "\"access_token\":\"", '"');
    const std::string second = post("/v1/login", account, "");
    tokens_[Actor::RevokedDevice] = text_between(second, "\"access_token\":\"", '"');
    const std::string device = text_between(second, "\"device\":\"", '"');
    request("DELETE", "/v1/me/devices/" + device, "", login);
    const ports::Grants generous{.sends_per_s = 10'000, .sends_burst = 10'000};
    tokens_[Actor::Owner] = server_.token(owner_, DeviceId(77), 1h, generous);
    for (std::uint64_t user = 2; user <= 5; ++user) {
      tokens_[of_user(user)] = server_.token(UserId(user), DeviceId(user * 10), 1h, generous);
    }
    for (const Actor actor : kActors) {
      if (actor == Actor::Anonymous || actor == Actor::RevokedDevice) continue;
      peers_[actor] = std::make_unique<Peer>(server_.port());
      peers_[actor]->login(tokens_[actor]);
    }
  }

  UserId user(Actor actor) const {
    if (actor == Actor::Owner || actor == Actor::RevokedDevice) return owner_;
    return actor == Actor::Anonymous ? UserId() : UserId(static_cast<std::uint64_t>(actor) + 1);
  }

  /// Made by the owner, with a moderator, members, somebody who was removed and somebody who is banned.
  Room room() {
    Room room{.id = peer(Actor::Owner)
                        .create_room(++requests_,
                                     {user(Actor::Moderator), user(Actor::Member), user(Actor::ExMember), kVictim}),
              .message = {}};
    owner_sends(room, {.kind = MemberAdd, .subject = user(Actor::Moderator), .role = wire::Role::Moderator});
    owner_sends(room, {.kind = MemberRemove, .subject = user(Actor::ExMember)});
    owner_sends(room, {.kind = MemberBan, .subject = kBanned});
    room.message = owner_sends(room, {.kind = Message, .body = "hello"}).seq;
    return room;
  }
  wire::SendResult owner_sends(const Room& room, wire::Send send) { return sends(Actor::Owner, room, std::move(send)); }

  /// Of somebody who is connected.
  wire::SendResult sends(Actor actor, const Room& room, wire::Send send) {
    tried_kinds_.insert(send.kind);
    send.room = room.id;
    send.epoch = Epoch(1);
    send.cseq = Cseq(++cseqs_[{actor, room.id}]);
    send.client_msg_id = ClientMsgId(++requests_);
    while (true) {
      tell(actor, send);
      const auto result = peer(actor).expect<wire::SendResult>();
      if (result.status != wire::SendStatus::Busy) return result;
      std::this_thread::sleep_for(std::chrono::milliseconds(result.retry_after_ms));
    }
  }
  /// True when whoever has no session is sent away at the door.
  bool turned_away(Actor actor, const wire::ClientFrame& frame) {
    Peer stranger(server_.port());
    if (actor == Actor::RevokedDevice) stranger.send(wire::Hello{.token = tokens_[actor]});
    stranger.send(frame);
    const Closed closed = stranger.expect_close();
    return closed.code == 1008 || closed.code == 4001;
  }
  void tell(Actor actor, const wire::ClientFrame& frame) {
    tried_frames_.insert(frame.index());
    peer(actor).send(frame);
  }
  /// What no row has tried.
  std::size_t untried() const {
    constexpr std::size_t kHello = 1;  // whoever says it is nobody yet
    return std::variant_size_v<wire::ClientFrame> - kHello - tried_frames_.size() +
           static_cast<std::size_t>(wire::kLastEventKind) - tried_kinds_.size();
  }
  bool has_session(Actor actor) const { return peers_.contains(actor); }
  Peer& peer(Actor actor) { return *peers_.at(actor); }
  std::uint64_t next_request() { return ++requests_; }

  std::string http(Actor actor, const std::string& method, const std::string& path) {
    return request(method, path, "", tokens_[actor]);
  }

 private:
  static Actor of_user(std::uint64_t user) { return static_cast<Actor>(user - 1); }
  std::string post(const std::string& path, const std::string& body, const std::string& token) {
    return request("POST", path, body, token);
  }
  std::string request(const std::string& method, const std::string& path, const std::string& body,
                      const std::string& token) {
    return http_call(server_.port(), method, path, token, body);
  }

  TempDir dir_;
  ServerProcess server_;
  UserId owner_;
  std::map<Actor, std::string> tokens_;
  std::map<Actor, std::unique_ptr<Peer>> peers_;
  std::map<std::pair<Actor, RoomId>, std::uint32_t> cseqs_;
  std::uint64_t requests_ = 100;
  std::set<std::size_t> tried_frames_;
  std::set<wire::EventKind> tried_kinds_;
};

/// Did the server do it?
using Try = std::function<bool(World&, Actor, const Room&)>;

struct Command {
  std::string name;
  std::string allowed;  // one sign an actor, in the order of kActors: +, -, or . where there is nothing to tell it by
  Try attempt;
};

Command event(std::string name, std::string allowed, std::function<wire::Send(const Room&)> send) {
  return {std::move(name), std::move(allowed), [send = std::move(send)](World& world, Actor actor, const Room& room) {
            wire::Send frame = send(room);
            if (world.has_session(actor)) {
              return world.sends(actor, room, std::move(frame)).status == wire::SendStatus::Accepted;
            }
            frame.room = room.id;
            frame.cseq = Cseq(1);
            EXPECT_TRUE(world.turned_away(actor, frame));
            return false;
          }};
}

Command http(std::string name, std::string allowed, std::string method, std::string suffix) {
  return {std::move(name), std::move(allowed),
          [method = std::move(method), suffix = std::move(suffix)](World& world, Actor actor, const Room& room) {
            const int status =
                status_of(world.http(actor, method, "/v1/rooms/" + std::to_string(room.id.value) + suffix));
            const bool refused = status == 401 || status == 403 || status == 404;
            EXPECT_TRUE(refused || status / 100 == 2) << status;
            return !refused;
          }};
}

Command ask(std::string name, std::string allowed, std::function<wire::ClientFrame(World&, const Room&)> frame,
            std::function<bool(Peer&)> granted) {
  return {std::move(name), std::move(allowed),
          [frame = std::move(frame), granted = std::move(granted)](World& world, Actor actor, const Room& room) {
            const wire::ClientFrame asked = frame(world, room);
            if (world.has_session(actor)) {
              world.tell(actor, asked);
              return granted(world.peer(actor));
            }
            EXPECT_TRUE(world.turned_away(actor, asked));
            return false;
          }};
}

/// A route that is about nobody else: whoever has a session may use it, or is told that it has no account.
Command own(std::string method, std::string path) {
  std::string name = method + ' ' + path;
  return {std::move(name), "-.....-",
          [method = std::move(method), path = std::move(path)](World& world, Actor actor, const Room&) {
            if (world.has_session(actor)) return true;
            const int status = status_of(world.http(actor, method, path));
            EXPECT_EQ(status, 401);
            return status != 401;
          }};
}

/// The owner, who looks at the room, sees of it what members may make seen.
template <class Frame>
Command seen(std::string name, std::string allowed, std::function<wire::ClientFrame(const Room&)> frame,
             std::function<bool(const Frame&, const Room&, UserId)> shows) {
  // Silence is waited for; what is expected may take its time, and is said again: that somebody types may be lost.
  const auto attempts = [allowed](Actor actor) { return allowed[static_cast<std::size_t>(actor)] == '+' ? 4 : 1; };
  return {std::move(name), std::move(allowed), [=](World& world, Actor actor, const Room& room) {
            const wire::ClientFrame said = frame(room);
            if (!world.has_session(actor)) {
              EXPECT_TRUE(world.turned_away(actor, said));
              return false;
            }
            Peer& owner = world.peer(Actor::Owner);
            for (Peer* each : {&owner, &world.peer(actor)}) {
              each->send(wire::Sync{.rooms = {{.room = room.id}}});
              each->expect<wire::Synced>();
            }
            owner.send(wire::Watch{.room = room.id, .receipts = true});
            const auto shown = [&](const Frame& heard) { return shows(heard, room, world.user(actor)); };
            for (int n = 0; n < attempts(actor); ++n) {
              world.tell(actor, said);
              if (owner.hears<Frame>(2500ms, shown)) return true;
            }
            return false;
          }};
}

template <Seq wire::MemberReceipt::* mark>
bool marks(const wire::Receipts& told, const Room& room, UserId user) {
  return told.room == room.id && std::ranges::any_of(told.members, [&](const wire::MemberReceipt& each) {
           return each.user == user && each.*mark == room.message;
         });
}

/// By its text, as soon as the owner finds it.
Command search(std::string name, std::string allowed, std::function<std::string(const Room&)> query) {
  return {std::move(name), std::move(allowed), [query = std::move(query)](World& world, Actor actor, const Room& room) {
            const std::string hit = "\"room\":\"" + std::to_string(room.id.value) + '"';
            const std::string path = "/v1/search?q=hello&limit=50" + query(room);
            const auto finds = [&](Actor who) { return world.http(who, "GET", path).find(hit) != std::string::npos; };
            for (int tries = 0; !finds(Actor::Owner); ++tries) {
              if (tries == 100) throw std::runtime_error("the owner finds nothing either");
              std::this_thread::sleep_for(100ms);
            }
            return finds(actor);
          }};
}

bool joined(Peer& peer) { return peer.expect<wire::RoomJoined>().status == wire::JoinStatus::Joined; }

std::vector<Command> commands() {
  using wire::Send;
  const auto on_message = [](wire::EventKind kind, std::string body = {}) {
    return [kind, body](const Room& room) { return Send{.kind = kind, .target = room.message, .body = body}; };
  };
  const auto on_user = [](wire::EventKind kind, UserId subject, wire::Role role = wire::Role::None) {
    return [kind, subject, role](const Room&) { return Send{.kind = kind, .subject = subject, .role = role}; };
  };
  const auto of_room = [](wire::EventKind kind, std::string body) {
    return [kind, body](const Room&) { return Send{.kind = kind, .body = body}; };
  };
  const auto join = [](World& world, const Room& room) {
    return wire::ClientFrame(wire::JoinRoom{.request_id = world.next_request(), .room = room.id});
  };
  std::vector<Command> all{
      event("say", "---+++-", of_room(Message, "hi")),
      event("reply", "---+++-", on_message(Message, "re")),
      event("say in a thread", "---+++-",
            [](const Room& room) { return Send{.kind = Message, .thread = room.message, .body = "in"}; }),
      event("call everybody", "----++-", of_room(Message, "<@room> hear")),
      event("edit the owner's message", "-----+-", on_message(Edit, "other")),
      event("delete the owner's message", "----++-", on_message(Delete)),
      event("react", "---+++-", on_message(ReactionAdd, "+")),
      event("take a reaction back", "---+++-", on_message(ReactionRemove, "+")),
      event("pin", "----++-", on_message(Pin)),
      event("unpin", "----++-", on_message(Unpin)),
      event("add a member", "----++-", on_user(MemberAdd, kSomebody, wire::Role::Member)),
      event("add an admin", "-----+-", on_user(MemberAdd, kSomebody, wire::Role::Admin)),
      event("remove a member", "----++-", on_user(MemberRemove, kVictim)),
      event("invite", "----++-", on_user(MemberInvite, kSomebody)),
      event("mute", "----++-", on_user(MemberMute, kVictim)),
      event("unmute", "----++-", on_user(MemberUnmute, kVictim)),
      event("ban", "----++-", on_user(MemberBan, kVictim)),
      event("lift a ban", "----++-", on_user(MemberUnban, kBanned)),
      event("bring back the banned", "-------", on_user(MemberAdd, kBanned, wire::Role::Member)),
      event("title", "----++-", of_room(RoomTitle, "quay")),
      event("topic", "----++-", of_room(RoomTopic, "ships")),
      event("visibility", "-----+-", of_room(RoomVisibility, "public")),
      event("history", "-----+-", of_room(RoomHistory, "joined")),
      ask(
          "subscribe", "---+++-", [](World&, const Room& room) { return wire::Sync{.rooms = {{.room = room.id}}}; },
          [](Peer& peer) {
            const auto status = peer.expect<wire::Synced>().rooms.at(0).status;
            return status == wire::SyncStatus::Live || status == wire::SyncStatus::Reset;
          }),
      ask(
          "read history", "---+++-",
          [](World&, const Room& room) { return wire::HistoryRequest{.request_id = 1, .room = room.id}; },
          [](Peer& peer) { return peer.expect<wire::HistoryPage>().status == wire::SyncStatus::Live; }),
      ask("join a private room", "-------", join, joined),
      ask(
          "watch", "---+++-",
          [](World& world, const Room& room) {
            // There is something to be seen.
            Peer& owner = world.peer(Actor::Owner);
            owner.send(wire::Sync{.rooms = {{.room = room.id}}});
            owner.expect<wire::Synced>();
            owner.send(wire::Delivered{.rooms = {{.room = room.id, .seq = room.message}}});
            return wire::Watch{.room = room.id, .receipts = true};
          },
          [](Peer& peer) { return peer.hears<wire::Receipts>(4s, [](const wire::Receipts&) { return true; }); }),
      seen<wire::Receipts>(
          "say what was delivered", "---+++-",
          [](const Room& room) { return wire::Delivered{.rooms = {{.room = room.id, .seq = room.message}}}; },
          marks<&wire::MemberReceipt::delivered>),
      seen<wire::Receipts>(
          "say what was read", "---+++-",
          [](const Room& room) { return wire::ReadMark{.room = room.id, .seq = room.message, .msg_no = 1}; },
          marks<&wire::MemberReceipt::read>),
      seen<wire::TypingNotice>(
          "type", "---++.-", [](const Room& room) { return wire::Typing{.room = room.id}; },
          [](const wire::TypingNotice& told, const Room& room, UserId user) {
            return told.room == room.id && told.user == user;
          }),
      search("search the room", "---+++-", [](const Room& room) { return "&room=" + std::to_string(room.id.value); }),
      search("search everywhere", "---+++-", [](const Room&) { return std::string(); }),
      ask(
          "make a room", "-+++++-",
          [](World& world, const Room&) {
            return wire::CreateRoom{.request_id = world.next_request(), .title = "own"};
          },
          [](Peer& peer) { return peer.expect<wire::RoomCreated>().status == wire::CreateStatus::Created; }),
      ask(
          "keep an item", "-+++++-",
          [](World& world, const Room& room) {
            return wire::PutItem{
                .request_id = world.next_request(), .key = std::to_string(room.id.value), .value = "1"};
          },
          [](Peer& peer) { return peer.expect<wire::ItemPut>().status == wire::PutStatus::Put; }),
      ask(
          "read one's items", "-+++++-", [](World&, const Room&) { return wire::ReadItems{}; },
          [](Peer& peer) { return peer.hears<wire::Items>(2s, [](const wire::Items&) { return true; }); }),
      ask(
          "say that one is away", "-.....-", [](World&, const Room&) { return wire::SetPresence{.away = true}; },
          [](Peer&) { return true; }),
      http("look at the room", "---+++-", "GET", ""),
      http("list members", "---+++-", "GET", "/members"),
      http("list the banned", "----++-", "GET", "/bans"),
      http("find a moment", "---+++-", "GET", "/seq?at_ms=0"),
      http("make a link", "----++-", "POST", "/invites"),
      http("list links", "----++-", "GET", "/invites"),
      http("revoke a link", "-------", "DELETE", "/invites/404"),
      own("GET", "/v1/rooms/public"),
      own("POST", "/v1/join/CODE"),
      own("GET", "/v1/users?query=a"),
      own("POST", "/v1/logout"),
      own("GET", "/v1/me"),
      own("PATCH", "/v1/me"),
      own("POST", "/v1/me/password"),
      own("POST", "/v1/me/totp"),
      own("POST", "/v1/me/totp/confirm"),
      own("DELETE", "/v1/me/totp"),
      own("GET", "/v1/me/devices"),
      own("DELETE", "/v1/me/devices"),
      own("DELETE", "/v1/me/devices/1"),
      own("GET", "/v1/me/blocks"),
      own("PUT", "/v1/me/blocks/1"),
      own("DELETE", "/v1/me/blocks/1"),
      own("POST", "/v1/invites"),
      own("GET", "/v1/invites"),
      own("DELETE", "/v1/invites/1"),
  };
  Command in_public = ask("join a public room", "-++----", join, joined);
  all.push_back(
      {in_public.name, in_public.allowed, [attempt = in_public.attempt](World& world, Actor actor, const Room& room) {
         world.owner_sends(room, {.kind = RoomVisibility, .body = "public"});
         return attempt(world, actor, room);
       }});
  return all;
}

using Row = std::string;
std::vector<std::string> wrong_cells(const std::vector<Command>& all, const std::vector<Row>& done) {
  std::vector<std::string> wrong;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t a = 0; a < kActors.size(); ++a) {
      if (all[i].allowed[a] != '.' && all[i].allowed[a] != done[i][a])
        wrong.push_back(all[i].name + " by " + kNames[a] + ": " + done[i][a]);
    }
  }
  return wrong;
}

std::vector<Row> tried(World& world, const std::vector<Command>& all) {
  std::vector<Row> done;
  for (const Command& command : all) {
    Row row;
    for (const Actor actor : kActors) row += command.attempt(world, actor, world.room()) ? '+' : '-';
    done.push_back(row);
  }
  return done;
}

TEST(AuthorizationMatrix, EveryCommandByEverybody) {
  World world;
  std::vector<Command> all = commands();
  const std::vector<Row> done = tried(world, all);
  EXPECT_THAT(wrong_cells(all, done), testing::IsEmpty());
  EXPECT_EQ(world.untried(), 0u) << "add a row for the new frame or kind of event";
  std::printf("{\"commands\":%zu,\"actors\":%zu,\"cells\":%zu}\n", all.size(), kActors.size(),
              all.size() * kActors.size());
  // A cell that is broken on purpose is found, and no other.
  all[3].allowed[3] = '+';
  EXPECT_THAT(wrong_cells(all, done), testing::ElementsAre("call everybody by member: -"));
}

#if defined(STARLING_MUTANTS)

/// A planted bug of the server, and the cells that it breaks.
struct Hole {
  std::string mutant;
  std::vector<std::string> cells;
};
void PrintTo(const Hole& hole, std::ostream* out) { *out << hole.mutant; }

class HoleInTheServer : public testing::TestWithParam<Hole> {
 protected:
  void SetUp() override { ::setenv("STARLING_MUTANT", GetParam().mutant.c_str(), 1); }
  void TearDown() override { ::unsetenv("STARLING_MUTANT"); }
};
INSTANTIATE_TEST_SUITE_P(Planted, HoleInTheServer,
                         testing::Values(Hole{"MembersSetTopic", {"topic by member: +"}},
                                         Hole{
                                             "SearchBeyondRemoval",
                                             {"search the room by ex-member: +", "search everywhere by ex-member: +"}}),
                         [](const auto& hole) { return hole.param.mutant; });

TEST_P(HoleInTheServer, IsFoundCellByCell) {
  World world;
  const std::vector<Command> all = commands();
  EXPECT_THAT(wrong_cells(all, tried(world, all)), testing::ElementsAreArray(GetParam().cells));
}

#endif

}  // namespace
}  // namespace starling::test
