#include "client-qt/account/http_reply.h"

#include <QJsonDocument>
#include <QObject>

namespace starling::qt {

HttpReply read_reply(int status, const QByteArray& bytes) {
  HttpReply out{.status = status, .body = QJsonDocument::fromJson(bytes).object()};
  if (out.ok()) return out;
  const QJsonObject error = out.body.value(QLatin1String("error")).toObject();
  out.code = error.value(QLatin1String("code")).toString();
  out.text = error.value(QLatin1String("message")).toString();
  out.retry_after_ms = error.value(QLatin1String("retry_after_ms")).toInt();
  if (out.code.isEmpty()) out.code = status == 404 ? QStringLiteral("not_found") : QStringLiteral("unexpected");
  if (out.text.isEmpty()) out.text = QObject::tr("The server answered with an error (%1).").arg(status);
  return out;
}

quint64 id_of(const QJsonValue& value) { return value.toString().toULongLong(); }
QString id_text(quint64 id) { return QString::number(id); }

}  // namespace starling::qt
