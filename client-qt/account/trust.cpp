#include "client-qt/account/trust.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QStringList>

namespace starling::qt {

QString fingerprint(const QSslCertificate& certificate) {
  return QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex(':').toUpper());
}

QString trust_name(const QUrl& url) {
  const bool secure = url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("wss");
  return url.host() + QLatin1Char(':') + QString::number(url.port(secure ? 443 : 80));
}

QString untrusted_reason(const QList<QSslError>& errors, const QSslCertificate& certificate, const QString& host,
                         bool pinned_other) {
  const auto any = [&](std::initializer_list<QSslError::SslError> kinds) {
    for (const QSslError& error : errors) {
      for (const auto kind : kinds) {
        if (error.error() == kind) return true;
      }
    }
    return false;
  };
  if (pinned_other) return QObject::tr("The server's certificate is not the one that you trusted before.");
  if (any({QSslError::CertificateRevoked, QSslError::CertificateBlacklisted})) {
    return QObject::tr("The server's certificate has been revoked.");
  }
  if (any({QSslError::HostNameMismatch})) {
    return QObject::tr("The certificate is for %1, not for %2.")
        .arg(certificate.subjectInfo(QSslCertificate::CommonName).join(QStringLiteral(", ")), host);
  }
  if (any({QSslError::CertificateExpired})) {
    return QObject::tr("The certificate expired on %1.").arg(certificate.expiryDate().toString(Qt::ISODate));
  }
  if (any({QSslError::CertificateNotYetValid})) {
    return QObject::tr("The certificate is valid only from %1 on. Is the clock of this computer right?")
        .arg(certificate.effectiveDate().toString(Qt::ISODate));
  }
  if (any({QSslError::SelfSignedCertificate}))
    return QObject::tr("The certificate is self-signed: nobody vouches for it.");
  if (any({QSslError::SelfSignedCertificateInChain, QSslError::UnableToGetLocalIssuerCertificate,
           QSslError::UnableToGetIssuerCertificate, QSslError::UnableToVerifyFirstCertificate,
           QSslError::CertificateUntrusted, QSslError::InvalidCaCertificate})) {
    return QObject::tr("The certificate was issued by somebody whom this computer does not know.");
  }
  return errors.isEmpty() ? QObject::tr("The server's certificate cannot be verified.") : errors.first().errorString();
}

Trust::Trust(QObject* parent) : QObject(parent) {}

void Trust::pin(const QString& server, const QString& print) {
  pins_[server] = print;
  emit pinned();
}

bool Trust::judge(const QUrl& url, const QList<QSslError>& errors, const QSslCertificate& certificate) {
  const QString server = trust_name(url);
  const QString print = fingerprint(certificate);
  const auto known = pins_.find(server);
  if (known != pins_.end() && known->second == print && !certificate.isNull()) return true;
  QStringList names = certificate.subjectInfo(QSslCertificate::CommonName);
  emit untrusted({.server = server,
                  .fingerprint = print,
                  .subject = names.isEmpty() ? certificate.subjectDisplayName() : names.join(QStringLiteral(", ")),
                  .reason = untrusted_reason(errors, certificate, url.host(), known != pins_.end())});
  return false;
}

}  // namespace starling::qt
