// The server's HTTP API for who is signed in.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QString>

#include "client-qt/account/credentials.h"
#include "client-qt/account/http_client.h"

namespace starling::qt {

/// Owner: the thread it was made on.
class Api final : public QObject {
  Q_OBJECT

 public:
  Api(const QUrl& base, Trust* trust, QObject* parent = nullptr);

  HttpClient& http() { return http_; }
  Credentials& credentials() { return credentials_; }

  /// With the access token; when the server finds it expired, with a new one again. `done` is not called when `context` is
  /// gone.
  void call(const QByteArray& method, const QString& path, const QJsonObject& body, QObject* context,
            HttpClient::Done done);
  void get(const QString& path, QObject* context, HttpClient::Done done);

 private:
  void attempt(const QByteArray& method, const QString& path, const QJsonObject& body, QPointer<QObject> context,
               HttpClient::Done done, bool again);

  HttpClient http_;
  Credentials credentials_;
};

}  // namespace starling::qt
