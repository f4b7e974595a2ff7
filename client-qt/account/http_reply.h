// An answer of the server's HTTP API, or the reason why there is none.
#pragma once

#include <QJsonObject>
#include <QString>

namespace starling::qt {

struct HttpReply {
  int status = 0;  // 0: no answer came
  QJsonObject body;
  QString code;  // of an error: the server's word, or "network", "untrusted"
  QString text;  // of an error: for people
  int retry_after_ms = 0;

  bool ok() const { return status >= 200 && status < 300; }
  /// Asking again later may help.
  bool transient() const { return status == 0 || status == 429 || status >= 500; }
};

/// Reads what came with `status`.
HttpReply read_reply(int status, const QByteArray& bytes);

/// Ids cross the API as decimal strings.
quint64 id_of(const QJsonValue& value);
QString id_text(quint64 id);

}  // namespace starling::qt
