#include <gtest/gtest.h>

#include "client-qt/account/server_address.h"

namespace starling::qt {
namespace {

std::string http(const char* text) {
  const auto found = parse_server(QString::fromUtf8(text));
  return found ? found->http.toString().toStdString() + " " + found->ws.toString().toStdString() : "";
}

TEST(ServerAddress, is_https_unless_it_says_otherwise_or_is_this_machine) {
  EXPECT_EQ("https://chat.example.org wss://chat.example.org/v1/ws", http(" chat.example.org "));
  EXPECT_EQ("https://chat.example.org:8443 wss://chat.example.org:8443/v1/ws",
            http("https://chat.example.org:8443/x?y"));
  EXPECT_EQ("http://localhost:8008 ws://localhost:8008/v1/ws", http("localhost:8008"));
  EXPECT_EQ("http://127.0.0.1:8008 ws://127.0.0.1:8008/v1/ws", http("127.0.0.1:8008"));
  EXPECT_EQ("https://127.0.0.1 wss://127.0.0.1/v1/ws", http("https://127.0.0.1"));
  EXPECT_EQ("http://a.example ws://a.example/v1/ws", http("ws://a.example/v1/ws"));
}

TEST(ServerAddress, refuses_what_is_none) {
  for (const char* bad : {"", " ", "a b", "ftp://a", "https://", "https://user:pass@a", "javascript:alert(1)"}) {
    EXPECT_EQ("", http(bad)) << bad;
  }
}

TEST(InviteLink, is_a_link_or_a_code) {
  EXPECT_EQ("a.example:8008", parse_invite("starling://a.example:8008/invite/Abc_-9")->server.toStdString());
  EXPECT_EQ("Abc_-9", parse_invite("starling://a.example:8008/invite/Abc_-9")->code.toStdString());
  EXPECT_EQ("ABCD1234", parse_invite("  ABCD1234 ")->code.toStdString());
  for (const char* bad :
       {"", "abc", "https://a/invite/abcd", "starling://a/other/abcd", "starling://a/invite/", "a b c d"}) {
    EXPECT_FALSE(parse_invite(QString::fromUtf8(bad))) << bad;
  }
}

}  // namespace
}  // namespace starling::qt
