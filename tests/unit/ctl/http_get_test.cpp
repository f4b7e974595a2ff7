#include "server/ctl/http_get.h"

#include <gtest/gtest.h>

namespace starling::ctl {
namespace {

TEST(HttpGet, TheRequestNamesHostAndPathAndAsksToClose) {
  EXPECT_EQ("GET /chat/readyz HTTP/1.1\r\nHost: a.example\r\nAccept: text/plain\r\nConnection: close\r\n\r\n",
            get_request({.host = "a.example", .path_prefix = "/chat"}, "/readyz"));
}

TEST(HttpGet, StatusAndBodyAreTaken) {
  const auto answer = parse_answer("HTTP/1.1 503 Service Unavailable\r\ncontent-length:  9\r\n\r\ndraining\n");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(503, answer->status);
  EXPECT_EQ("draining\n", answer->body);
}

TEST(HttpGet, ABodyWithoutALengthEndsWithTheConnection) {
  EXPECT_EQ("all of it", parse_answer("HTTP/1.0 200 OK\r\nServer: x\r\n\r\nall of it")->body);
}

TEST(HttpGet, ACutOffBodyIsAnError) {
  EXPECT_EQ("its answer was cut off", parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndrain").error());
}

TEST(HttpGet, AChunkedBodyIsAnError) {
  EXPECT_FALSE(parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
}

TEST(HttpGet, WhatIsNoHttpIsAnError) {
  for (const char* bytes : {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 abc\r\n\r\n"}) {
    EXPECT_EQ("it does not speak HTTP", parse_answer(bytes).error()) << bytes;
  }
}

}  // namespace
}  // namespace starling::ctl
