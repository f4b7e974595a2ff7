// Native TLS with a certificate made for the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>

#include "server/app/exit_codes.h"
#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// cert.pem and key.pem in `dir`, for localhost and an hour.
void make_certificate(const TempDir& dir) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* cert = X509_new();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), 0);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
  X509_set_pubkey(cert, key);
  X509_NAME* name = X509_get_subject_name(cert);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(cert, name);
  X509_sign(cert, key, EVP_sha256());
  std::FILE* file = std::fopen((dir.path() / "cert.pem").c_str(), "w");
  PEM_write_X509(file, cert);
  std::fclose(file);
  file = std::fopen((dir.path() / "key.pem").c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(cert);
  EVP_PKEY_free(key);
}

std::string tls_section(const TempDir& dir) {
  return "[tls]\ncertificate = \"" + (dir.path() / "cert.pem").string() + "\"\nkey = \"" +
         (dir.path() / "key.pem").string() + "\"\n";
}

TEST(Tls, CarriesWebSocketAndPages) {
  const TempDir dir;
  make_certificate(dir);
  const ServerProcess server(dir, {.sections = tls_section(dir)});
  EXPECT_THAT(http_get(server.port(), "/readyz", true), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(http_get(server.port(), "/metrics", true), HasSubstr("starling_sessions"));

  Peer peer(server.port(), true);
  EXPECT_EQ(peer.stream().tls_version(), "TLSv1.3");
  peer.login(server.token(UserId(1), DeviceId(10)));
  const RoomId room = peer.create_room(1);
  const Epoch epoch = peer.sync(room).epoch;
  // More than a record, both ways.
  EXPECT_EQ(peer.say(room, epoch, Cseq(1), std::string(16 * 1024, 'x')).status, wire::SendStatus::Accepted);
  while (peer.expect<wire::Event>().body.size() != 16 * 1024) {
  }
}

TEST(Tls, PlainTextIsNotAnswered) {
  const TempDir dir;
  make_certificate(dir);
  const ServerProcess server(dir, {.sections = tls_section(dir)});
  EXPECT_THAT(http_get(server.port(), "/healthz", false), testing::Not(HasSubstr("200 OK")));
}

TEST(Tls, AKeyOfAnotherCertificateIsRefused) {
  const TempDir dir;
  make_certificate(dir);
  const std::string cert = dir.read("cert.pem");
  make_certificate(dir);
  dir.write("cert.pem", cert);
  const std::string config = dir.write("starling.toml", "[server]\nlisten = \"127.0.0.1:0\"\ndata_dir = \"" +
                                                            (dir.path() / "data").string() + "\"\n" + tls_section(dir));
  const Ended run = run_starlingd(dir, {"--config", config});
  EXPECT_EQ(run.exit_code, app::kExitBadStart);
  EXPECT_THAT(run.output, HasSubstr("tls.key"));
}

}  // namespace
}  // namespace starling::test
