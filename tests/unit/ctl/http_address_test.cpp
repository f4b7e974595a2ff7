#include "server/ctl/http_address.h"

#include <gtest/gtest.h>

namespace starling::ctl {
namespace {

HttpAddress parsed(std::string_view url) {
  const auto address = parse_url(url);
  return address ? *address : HttpAddress{.host = "error: " + address.error()};
}

TEST(HttpAddress, AUrlGivesHostPortSchemeAndPrefix) {
  EXPECT_EQ((HttpAddress{.host = "a.example", .port = 80}), parsed("http://a.example"));
  EXPECT_EQ((HttpAddress{.host = "a.example", .port = 8008}), parsed("http://a.example:8008/"));
  EXPECT_EQ((HttpAddress{.host = "a.example", .port = 443, .tls = true, .path_prefix = "/chat"}),
            parsed("https://a.example/chat/"));
  EXPECT_EQ((HttpAddress{.host = "::1", .port = 9}), parsed("http://[::1]:9"));
}

TEST(HttpAddress, WhatIsNoUrlIsRefusedWithTheFormThatIsMeant) {
  for (const char* url : {"", "a.example", "ws://a", "http://", "http://:80", "http://a:", "http://a:0",
                          "http://a:65536", "http://a:80x", "http://[::1", "http://[::1]x"}) {
    const auto address = parse_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_NE(std::string::npos, address.error().find("http://HOST[:PORT]")) << url;
  }
}

TEST(HttpAddress, AUrlIsWrittenAsItIsRead) {
  for (const char* url : {"http://127.0.0.1:8008", "https://a.example:443/chat", "http://[::1]:9"}) {
    EXPECT_EQ(url, parsed(url).url());
  }
}

TEST(HttpAddress, AServerThatListensEverywhereIsAskedOnLoopback) {
  app::Config config;
  config.runtime.address = "0.0.0.0";
  EXPECT_EQ("http://127.0.0.1:8008", address_of(config)->url());
  config.runtime.address = "::";
  EXPECT_EQ("http://[::1]:8008", address_of(config)->url());
  config.runtime.address = "192.0.2.7";
  EXPECT_EQ("http://192.0.2.7:8008", address_of(config)->url());
}

TEST(HttpAddress, TheConfiguredCertificateIsTheOneToExpect) {
  app::Config config;
  config.runtime.tls = {.certificate = "cert.pem", .key = "key.pem"};
  const auto address = address_of(config);
  EXPECT_TRUE(address->tls);
  EXPECT_EQ("cert.pem", address->certificate);
}

TEST(HttpAddress, APortThatTheKernelPicksAsksForAUrl) {
  app::Config config;
  config.runtime.port = 0;
  EXPECT_NE(std::string::npos, address_of(config).error().find("--url"));
}

}  // namespace
}  // namespace starling::ctl
