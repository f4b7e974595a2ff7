// Which certificates are accepted beyond those that the system trusts, and what is wrong with the others.
#pragma once

#include <QList>
#include <QObject>
#include <QSslCertificate>
#include <QSslError>
#include <QString>
#include <QUrl>
#include <map>

namespace starling::qt {

struct Untrusted {
  QString server;       // host:port
  QString fingerprint;  // SHA-256 of the certificate, hexadecimal, in pairs
  QString subject;
  QString reason;  // for people
};

/// "AB:CD:…".
QString fingerprint(const QSslCertificate& certificate);

/// What is wrong, the gravest first: changed, wrong host, expired, not yet valid, self-signed, unknown issuer.
QString untrusted_reason(const QList<QSslError>& errors, const QSslCertificate& certificate, const QString& host,
                         bool pinned_other);

/// host:port with the scheme's own port filled in.
QString trust_name(const QUrl& url);

/// One certificate a server may be pinned, by the user's word. Owner: the GUI's thread.
class Trust final : public QObject {
  Q_OBJECT

 public:
  explicit Trust(QObject* parent = nullptr);

  void pin(const QString& server, const QString& fingerprint);
  const std::map<QString, QString>& pins() const { return pins_; }
  /// True when the connection may go on in spite of the errors; otherwise `untrusted` says what is wrong.
  bool judge(const QUrl& url, const QList<QSslError>& errors, const QSslCertificate& certificate);

 signals:
  void untrusted(const starling::qt::Untrusted& what);
  void pinned();

 private:
  std::map<QString, QString> pins_;  // server -> fingerprint
};

}  // namespace starling::qt
