#include "client-qt/account/http_client.h"

#include <QJsonDocument>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>
#include <memory>
#include <utility>

namespace starling::qt {
namespace {

/// A request without an answer for this long has failed; sign-ins wait in the server's queue for a while.
constexpr int kTimeoutMs = 20'000;
/// Beyond any answer of the API; a server that sends more is none of ours.
constexpr qint64 kReplyBytesMax = qint64{4} << 20;

QString words_of(QNetworkReply::NetworkError error, const QString& host, const QString& fallback) {
  switch (error) {
    case QNetworkReply::ConnectionRefusedError:
      return QObject::tr("%1 does not accept connections: nothing listens there.").arg(host);
    case QNetworkReply::HostNotFoundError:
      return QObject::tr("There is no computer named %1.").arg(host);
    case QNetworkReply::OperationCanceledError:
    case QNetworkReply::TimeoutError:
      return QObject::tr("%1 does not answer.").arg(host);
    case QNetworkReply::RemoteHostClosedError:
      return QObject::tr("%1 closed the connection.").arg(host);
    case QNetworkReply::SslHandshakeFailedError:
      return QObject::tr("No secure connection to %1 can be made.").arg(host);
    default:
      return fallback;
  }
}

}  // namespace

HttpClient::HttpClient(QUrl base, Trust* trust, QObject* parent)
    : QObject(parent), base_(std::move(base)), trust_(trust) {}

void HttpClient::request(const QByteArray& method, const QString& path, const QJsonObject& body,
                         const QByteArray& token, QObject* context, Done done) {
  QNetworkRequest request(QUrl(base_.toString() + path, QUrl::StrictMode));
  request.setTransferTimeout(kTimeoutMs);
  request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
  request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
  request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
  if (!token.isEmpty()) request.setRawHeader("Authorization", "Bearer " + token);
  QByteArray payload;
  if (!body.isEmpty() || (method != "GET" && method != "DELETE")) {
    payload = QJsonDocument(body).toJson(QJsonDocument::Compact);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/json"));
  }
  QNetworkReply* reply = network_.sendCustomRequest(request, method, payload);
  const auto refused = std::make_shared<bool>(false);
  connect(reply, &QNetworkReply::sslErrors, this, [this, reply, refused](const QList<QSslError>& errors) {
    const QList<QSslCertificate> chain = reply->sslConfiguration().peerCertificateChain();
    if (trust_->judge(base_, errors, chain.isEmpty() ? QSslCertificate() : chain.first())) {
      reply->ignoreSslErrors();
    } else {
      *refused = true;
    }
  });
  connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64) {
    if (received > kReplyBytesMax) reply->abort();
  });
  connect(reply, &QNetworkReply::finished, this,
          [this, reply, refused, guard = QPointer<QObject>(context), done = std::move(done)] {
            reply->deleteLater();
            if (!guard) return;
            const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            if (status != 0) {
              HttpReply read = read_reply(status, reply->readAll());
              const int seconds = reply->rawHeader("Retry-After").toInt();
              if (!read.ok() && read.retry_after_ms == 0) read.retry_after_ms = seconds * 1000;
              done(read);
              return;
            }
            HttpReply none;
            none.code = *refused ? QStringLiteral("untrusted") : QStringLiteral("network");
            none.text = words_of(reply->error(), base_.host(), reply->errorString());
            done(none);
          });
}

}  // namespace starling::qt
