// Links into rooms: who registers with one, and who uses one on another device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;

struct Account {
  UserId user;
  std::string token;
};

class InviteLink : public testing::Test {
 protected:
  InviteLink() {
    owner_ = *enroll("owner");
    peer_ = std::make_unique<Peer>(server_.port());
    peer_->login(owner_.token);
    room_ = peer_->create_room(1);
    peer_->sync(room_);
  }

  /// Nothing when the server refuses.
  std::optional<Account> enroll(const std::string& handle, const std::string& invite = {}) {
    const std::string answer =
        http_call(server_.port(), "POST", "/v1/register", "",
                  R"({"handle":")" + handle + R"(","password":"correct horse battery","invite":")" + invite + "\"}");
    if (status_of(answer) != 201) return std::nullopt;
    return Account{.user = UserId(std::stoull(text_between(answer, "\"user\":\"", '"'))),
                   .token = text_between(answer, "\"access_token\":\"", '"')};
  }
  std::string make_link(int uses) {
    const std::string answer = http_call(server_.port(), "POST", rooms_path() + "/invites", owner_.token,
                                         "{\"uses\":" + std::to_string(uses) + "}");
    return text_between(answer, "\"code\":\"", '"');
  }
  std::string rooms_path() const { return "/v1/rooms/" + std::to_string(room_.value); }
  /// The owner, who looks at the room, sees somebody come in.
  bool seen_to_come(UserId user) {
    return peer_->hears<wire::Event>(2s, [&](const wire::Event& event) {
      return event.kind == wire::EventKind::MemberAdd && event.subject == user;
    });
  }
  bool finds_the_room(const Account& account) const {
    Peer peer(server_.port());
    peer.login(account.token);
    const bool listed = peer.hears<wire::RoomList>(2s, [&](const wire::RoomList& list) {
      return std::ranges::any_of(list.rooms, [&](const wire::RoomInfo& info) { return info.room == room_; });
    });
    if (!listed) return false;
    peer.sync(room_);
    return peer.say(room_, Epoch(1), Cseq(1), "here I am").status == wire::SendStatus::Accepted;
  }

  TempDir dir_;
  ServerProcess server_{dir_,
                        {.server = "", .sections = "[accounts]\nregistration = \"invite\"\nattempts_burst = 1000\n"}};
  Account owner_;
  std::unique_ptr<Peer> peer_;
  RoomId room_;
};

TEST_F(InviteLink, WhoRegistersWithItIsAMemberAtOnceAndEverybodyThereSeesIt) {
  const auto bob = enroll("bob", make_link(1));
  ASSERT_TRUE(bob.has_value());
  EXPECT_TRUE(seen_to_come(bob->user));
  EXPECT_TRUE(finds_the_room(*bob));
}

TEST_F(InviteLink, ARoomThatNobodyHasInMemoryIsEnteredToo) {
  const std::string code = make_link(1);
  server_.kill_hard();
  server_.restart();
  const auto bob = enroll("bob", code);
  ASSERT_TRUE(bob.has_value());
  server_.kill_hard();
  server_.restart();
  EXPECT_TRUE(finds_the_room(*bob));
}

TEST_F(InviteLink, ItLetsInAsManyAsItSaysHoweverTheyHurry) {
  constexpr int kUses = 3;
  const std::string code = make_link(kUses);
  std::vector<std::future<bool>> comers;
  for (int i = 0; i < 2 * kUses; ++i) {
    comers.push_back(std::async(std::launch::async,
                                [this, code, i] { return enroll("comer" + std::to_string(i), code).has_value(); }));
  }
  const auto admitted = std::ranges::count_if(comers, [](std::future<bool>& each) { return each.get(); });
  EXPECT_EQ(admitted, kUses);
  EXPECT_THAT(http_call(server_.port(), "GET", rooms_path(), owner_.token),
              testing::HasSubstr("\"members\":" + std::to_string(1 + kUses)));
  EXPECT_EQ(status_of(http_call(server_.port(), "POST", "/v1/join/" + code, owner_.token)), 404);
}

TEST_F(InviteLink, WhoUsesItHearsOfTheInvitationOnAllDevicesAtOnce) {
  const UserId bob{99};
  Peer other(server_.port());
  other.login(server_.token(bob, DeviceId(1)));
  const std::string answer =
      http_call(server_.port(), "POST", "/v1/join/" + make_link(1), server_.token(bob, DeviceId(2)));
  EXPECT_EQ(status_of(answer), 200) << answer;
  EXPECT_TRUE(other.hears<wire::Items>(2s, [&](const wire::Items& items) {
    return std::ranges::any_of(items.items,
                               [](const wire::Item& item) { return item.kind == wire::ItemKind::Invitation; });
  }));
}

}  // namespace
}  // namespace starling::test
