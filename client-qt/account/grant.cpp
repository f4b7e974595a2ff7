#include "client-qt/account/grant.h"

#include "client-qt/account/http_reply.h"

namespace starling::qt {

std::optional<Grant> read_grant(const QJsonObject& object) {
  Grant out;
  out.user = UserId(id_of(object.value(QLatin1String("user"))));
  out.device = DeviceId(id_of(object.value(QLatin1String("device"))));
  out.handle = object.value(QLatin1String("handle")).toString();
  out.access_token = object.value(QLatin1String("access_token")).toString().toUtf8();
  out.access_expires_ms = static_cast<qint64>(object.value(QLatin1String("access_expires_ms")).toDouble());
  out.refresh_token = object.value(QLatin1String("refresh_token")).toString().toUtf8();
  if (!out.user || !out.device || out.access_token.isEmpty() || out.refresh_token.isEmpty()) return std::nullopt;
  return out;
}

}  // namespace starling::qt
