#include "client-qt/account/trust.h"

#include <gtest/gtest.h>

#include <optional>

namespace starling::qt {
namespace {

/// Self-signed, CN=starling.test; it only has to be a certificate.
const QByteArray kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBiDCCAS2gAwIBAgIUeLXcS/enYjiAF61tdzb6oLMAe4gwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNc3RhcmxpbmcudGVzdDAgFw0yNjExMjUxNjIxNDlaGA8yMTI2
MTEwMTE2MjE0OVowGDEWMBQGA1UEAwwNc3RhcmxpbmcudGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABKCxt6iCtZo7tcrpUAljfHb0/ZrqnQR3u/po6p2Vu6yM
UPTvnF2vRje1mhykJy2OdaI7HkT/wXSXYVIzkXJoxP+jUzBRMB0GA1UdDgQWBBQp
3lh899/gYGRkke37oRuZKCuexzAfBgNVHSMEGDAWgBQp3lh899/gYGRkke37oRuZ
KCuexzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD9AtV5Hal4
HLgi2wSJfa3B76n5sxQHQMNI6vA7LzHSjgIhAMZyyhHq3RDO/KhKQJxVSQPtV8DG
FGnmb4s+djVA4kN5
-----END CERTIFICATE-----)";

QSslCertificate certificate() { return QSslCertificate(kCertificate); }
std::string reason(QSslError::SslError kind, bool pinned = false) {
  return untrusted_reason({QSslError(kind, certificate())}, certificate(), QStringLiteral("chat.example.org"), pinned)
      .toStdString();
}

TEST(Trust, each_fault_is_named_as_what_it_is) {
  EXPECT_NE(std::string::npos, reason(QSslError::SelfSignedCertificate).find("self-signed"));
  EXPECT_NE(std::string::npos, reason(QSslError::HostNameMismatch).find("starling.test, not for chat.example.org"));
  EXPECT_NE(std::string::npos, reason(QSslError::CertificateExpired).find("expired on"));
  EXPECT_NE(std::string::npos, reason(QSslError::CertificateNotYetValid).find("only from"));
  EXPECT_NE(std::string::npos, reason(QSslError::UnableToGetLocalIssuerCertificate).find("does not know"));
  EXPECT_NE(std::string::npos, reason(QSslError::SelfSignedCertificate, true).find("not the one"));
}

TEST(Trust, only_the_pinned_certificate_of_the_pinned_server_is_let_through) {
  Trust trust;
  std::optional<Untrusted> told;
  QObject::connect(&trust, &Trust::untrusted, [&](const Untrusted& what) { told = what; });
  const QUrl url(QStringLiteral("wss://chat.example.org/v1/ws"));
  const QList<QSslError> errors{QSslError(QSslError::SelfSignedCertificate, certificate())};
  EXPECT_FALSE(trust.judge(url, errors, certificate()));
  ASSERT_TRUE(told);
  EXPECT_EQ("starling.test", told->subject.toStdString());
  EXPECT_EQ(95, told->fingerprint.size());
  trust.pin(told->server, told->fingerprint);
  EXPECT_TRUE(trust.judge(url, errors, certificate()));
  EXPECT_TRUE(trust.judge(QUrl(QStringLiteral("https://chat.example.org")), errors, certificate()));
  EXPECT_FALSE(trust.judge(QUrl(QStringLiteral("https://other.example.org")), errors, certificate()));
  trust.pin(QStringLiteral("chat.example.org:443"), QStringLiteral("00:11"));
  EXPECT_FALSE(trust.judge(url, errors, certificate()));
  EXPECT_NE(std::string::npos, told->reason.toStdString().find("not the one"));
}

TEST(Trust, no_certificate_at_all_is_never_let_through) {
  Trust trust;
  trust.pin(QStringLiteral("a.example:443"), fingerprint(QSslCertificate()));
  EXPECT_FALSE(trust.judge(QUrl(QStringLiteral("https://a.example")), {}, QSslCertificate()));
}

}  // namespace
}  // namespace starling::qt
