// What breaks the protocol ends the connection with the code that says so, and nobody else's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/wire/codec.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

class Protocol : public testing::Test {
 protected:
  Protocol() { peer_.login(server_.token(UserId(1), DeviceId(10))); }
  ~Protocol() override {
    // Whatever the peer did, others are served.
    Peer other(server_.port());
    other.login(server_.token(UserId(2), DeviceId(20)));
  }

  TempDir dir_;
  ServerProcess server_{dir_};
  Peer peer_{server_.port()};
};

TEST_F(Protocol, TextIsRefused) {
  peer_.send_frame(ws::Opcode::Text, "hello");
  EXPECT_EQ(peer_.expect_close().code, 1003);
}

TEST_F(Protocol, AMessageTooLargeIsRefusedWhenItIsDeclared) {
  // Only the header: binary, masked, 64 bits of length, 1 TiB.
  peer_.stream().write(std::string("\x82\xFF\x00\x00\x01\x00\x00\x00\x00\x00", 10));
  EXPECT_EQ(peer_.expect_close().code, 1009);
}

TEST_F(Protocol, AnUnmaskedFrameIsRefused) {
  peer_.stream().write(std::string("\x82\x01x", 3));
  EXPECT_EQ(peer_.expect_close().code, 1002);
}

TEST_F(Protocol, AFrameThatIsNoProtobufIsRefused) {
  peer_.send_frame(ws::Opcode::Binary, "\xFF\xFF\xFF");
  EXPECT_EQ(peer_.expect_close().code, 1008);
}

TEST_F(Protocol, AnUnknownRoomIsNotAMembersAndTheConnectionStays) {
  EXPECT_EQ(peer_.sync(RoomId(4711)).status, wire::SyncStatus::NotMember);
  EXPECT_TRUE(is_final(peer_.say(RoomId(4711), Epoch(1), Cseq(1), "lost").status));
  peer_.create_room(1);
}

TEST_F(Protocol, AnothersRoomIsNotAMembers) {
  Peer owner(server_.port());
  owner.login(server_.token(UserId(3), DeviceId(30)));
  const RoomId room = owner.create_room(1);
  EXPECT_EQ(peer_.sync(room).status, wire::SyncStatus::NotMember);
  EXPECT_EQ(peer_.say(room, Epoch(1), Cseq(1), "let me in").status, wire::SendStatus::Forbidden);
}

TEST_F(Protocol, APingIsAnsweredWithItsPayload) {
  peer_.send_frame(ws::Opcode::Ping, "are you there?");
  EXPECT_EQ(peer_.expect_pong(), "are you there?");
}

TEST_F(Protocol, ACloseIsAnsweredAndTheSocketClosed) {
  peer_.send_frame(ws::Opcode::Close, std::string("\x03\xE8", 2));
  EXPECT_EQ(peer_.expect_close().code, 1000);
  EXPECT_EQ(peer_.stream().read(), "");
}

TEST_F(Protocol, AMessageInPiecesIsOne) {
  Peer slow(server_.port());
  std::vector<std::byte> frame;
  std::string bytes;
  wire::encode(wire::ClientFrame(wire::Hello{.token = server_.token(UserId(5), DeviceId(50))}), bytes);
  ws::append_client_frame(frame, ws::Opcode::Binary, std::as_bytes(std::span(bytes)), {0x01020304});
  for (const std::byte b : frame) slow.stream().write({reinterpret_cast<const char*>(&b), 1});
  EXPECT_EQ(slow.expect<wire::Welcome>().user, UserId(5));
}

}  // namespace
}  // namespace starling::test
