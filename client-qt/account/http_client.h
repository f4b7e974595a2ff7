// JSON over HTTP to one server.
#pragma once

#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>
#include <functional>

#include "client-qt/account/http_reply.h"
#include "client-qt/account/trust.h"

namespace starling::qt {

/// Owner: the thread it was made on. `trust` outlives it.
class HttpClient final : public QObject {
  Q_OBJECT

 public:
  using Done = std::function<void(const HttpReply&)>;

  HttpClient(QUrl base, Trust* trust, QObject* parent = nullptr);

  /// `path` begins with a slash and may carry a query. An empty `body` object sends no body with GET and DELETE. `done` is
  /// called once, unless `context` is gone by then.
  void request(const QByteArray& method, const QString& path, const QJsonObject& body, const QByteArray& token,
               QObject* context, Done done);
  const QUrl& base() const { return base_; }

 private:
  QUrl base_;
  Trust* trust_;
  QNetworkAccessManager network_;
};

}  // namespace starling::qt
