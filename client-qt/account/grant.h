// What a sign-in gives.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <optional>

#include "common/base/ids.h"

namespace starling::qt {

struct Grant {
  UserId user;
  DeviceId device;
  QString handle;
  QByteArray access_token;
  qint64 access_expires_ms = 0;  // since 1970; 0: unknown
  QByteArray refresh_token;
};

/// Nothing when a field is missing.
std::optional<Grant> read_grant(const QJsonObject& object);

}  // namespace starling::qt
