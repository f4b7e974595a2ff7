#include "common/ws/origin.h"

#include <gtest/gtest.h>

namespace starling::ws {
namespace {

const std::vector<std::string> kAllowed{"https://chat.example.org", "http://localhost:8080", "null"};

TEST(WsOrigin, AbsentIsANativeClient) {
  EXPECT_TRUE(origin_allowed(std::nullopt, kAllowed));
  EXPECT_TRUE(origin_allowed(std::nullopt, {}));
}

TEST(WsOrigin, AnExactEntryIsAllowed) {
  EXPECT_TRUE(origin_allowed("https://chat.example.org", kAllowed));
  EXPECT_TRUE(origin_allowed("http://localhost:8080", kAllowed));
}

class RefusedOrigin : public ::testing::TestWithParam<const char*> {};

TEST_P(RefusedOrigin, IsNotAllowed) { EXPECT_FALSE(origin_allowed(GetParam(), kAllowed)); }

INSTANTIATE_TEST_SUITE_P(Tricks, RefusedOrigin,
                         ::testing::Values("null",                               // even when somebody lists it
                                           "",                                   // present and empty
                                           "http://chat.example.org",            // scheme
                                           "https://chat.example.org:443",       // port
                                           "https://chat.example.org:8443",      // port
                                           "https://chat.example.org.evil.com",  // suffix
                                           "https://chat.example.orgevil.com",   // suffix
                                           "https://evilchat.example.org",       // prefix
                                           "https://evil.chat.example.org",      // subdomain
                                           "https://example.org",                // parent
                                           "https://chat.example.org/",          // path
                                           "https://chat.example.org@evil.com",  // user info
                                           "https://evil.com#https://chat.example.org",
                                           "https://evil.com https://chat.example.org",  // a list
                                           "HTTPS://CHAT.EXAMPLE.ORG",                   // browsers send lower case
                                           " https://chat.example.org", "https://chat.example.org ",
                                           "https://chat-example.org", "https://*", "*", "http://localhost",
                                           "http://localhost:80800", "http://127.0.0.1:8080"));

TEST(WsOrigin, AnEmptyListAllowsNoPage) { EXPECT_FALSE(origin_allowed("https://chat.example.org", {})); }

}  // namespace
}  // namespace starling::ws
