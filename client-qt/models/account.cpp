#include "client-qt/models/account.h"

#include <QJsonArray>
#include <QJsonObject>
#include <functional>
#include <utility>

#include "client-qt/account/api.h"
#include "client-qt/models/directory.h"
#include "client-qt/models/people_model.h"

namespace starling::qt {

Account::Account(const Context& context, QObject* parent)
    : QObject(parent),
      context_(context),
      devices_({"device", "name", "createdMs", "lastSeenMs", "address", "current"}, "device"),
      blocks_(person_role_names(), "userId") {}

void Account::call(const QByteArray& method, const QString& path, const QJsonObject& body, const QString& what,
                   std::function<void(const HttpReply&)> then) {
  ++busy_;
  emit changed();
  context_.api->call(method, path, body, this, [this, what, then = std::move(then)](const HttpReply& reply) {
    --busy_;
    if (reply.ok() && then) then(reply);
    const bool asked = !what.isEmpty();
    if (asked) error_ = reply.ok() ? QString() : reply.text;
    emit changed();
    if (!asked) return;
    if (reply.ok()) return emit done(what);
    emit refused(reply.text);
  });
}

void Account::refresh() {
  call("GET", QStringLiteral("/v1/me"), {}, {}, [this](const HttpReply& reply) { read_me(reply); });
  load_devices();
  load_blocks();
}

void Account::read_me(const HttpReply& reply) {
  const QJsonObject& me = reply.body;
  display_name_ = me.value(QLatin1String("display_name")).toString();
  avatar_color_ = me.value(QLatin1String("avatar_color")).toString();
  status_text_ = me.value(QLatin1String("status_text")).toString();
  handle_ = me.value(QLatin1String("handle")).toString();
  // Only GET tells these.
  if (me.contains(QLatin1String("admin"))) admin_ = me.value(QLatin1String("admin")).toBool();
  if (me.contains(QLatin1String("totp"))) totp_enabled_ = me.value(QLatin1String("totp")).toBool();
  context_.people->learn(me);
}

void Account::load_devices() {
  call("GET", QStringLiteral("/v1/me/devices"), {}, {}, [this](const HttpReply& reply) {
    std::vector<QVariantMap> rows;
    for (const QJsonValue& each : reply.body.value(QLatin1String("devices")).toArray()) {
      const QJsonObject device = each.toObject();
      rows.push_back({{QStringLiteral("device"), device.value(QLatin1String("device")).toString()},
                      {QStringLiteral("name"), device.value(QLatin1String("name")).toString()},
                      {QStringLiteral("createdMs"), device.value(QLatin1String("created_ms")).toInteger()},
                      {QStringLiteral("lastSeenMs"), device.value(QLatin1String("last_seen_ms")).toInteger()},
                      {QStringLiteral("address"), device.value(QLatin1String("address")).toString()},
                      {QStringLiteral("current"), device.value(QLatin1String("current")).toBool()}});
    }
    devices_.set_rows(std::move(rows));
  });
}

void Account::load_blocks() {
  call("GET", QStringLiteral("/v1/me/blocks"), {}, {}, [this](const HttpReply& reply) {
    std::vector<QVariantMap> rows;
    for (const QJsonValue& each : reply.body.value(QLatin1String("users")).toArray()) {
      rows.push_back(person_roles(*context_.people->person(context_.people->learn(each.toObject()))));
    }
    blocks_.set_rows(std::move(rows));
  });
}

void Account::save(const QString& displayName, const QString& avatarColor, const QString& statusText) {
  const QJsonObject body{{QStringLiteral("display_name"), displayName},
                         {QStringLiteral("avatar_color"), avatarColor},
                         {QStringLiteral("status_text"), statusText}};
  call("PATCH", QStringLiteral("/v1/me"), body, QStringLiteral("saved"),
       [this](const HttpReply& reply) { read_me(reply); });
}

void Account::changePassword(const QString& old, const QString& fresh) {
  const QJsonObject body{{QStringLiteral("password"), old}, {QStringLiteral("new_password"), fresh}};
  call("POST", QStringLiteral("/v1/me/password"), body, QStringLiteral("password"),
       [this](const HttpReply&) { load_devices(); });
}

void Account::beginTotp(const QString& password) {
  call("POST", QStringLiteral("/v1/me/totp"), {{QStringLiteral("password"), password}}, QStringLiteral("totp_begun"),
       [this](const HttpReply& reply) {
         totp_secret_ = reply.body.value(QLatin1String("secret")).toString();
         totp_uri_ = reply.body.value(QLatin1String("uri")).toString();
       });
}

void Account::confirmTotp(const QString& code) {
  call("POST", QStringLiteral("/v1/me/totp/confirm"), {{QStringLiteral("code"), code}}, QStringLiteral("totp"),
       [this](const HttpReply& reply) {
         totp_enabled_ = true;
         recovery_codes_.clear();
         for (const QJsonValue& each : reply.body.value(QLatin1String("recovery_codes")).toArray()) {
           recovery_codes_ += each.toString();
         }
       });
}

void Account::disableTotp(const QString& password, const QString& code) {
  const QJsonObject body{{QStringLiteral("password"), password}, {QStringLiteral("code"), code}};
  call("DELETE", QStringLiteral("/v1/me/totp"), body, QStringLiteral("totp"), [this](const HttpReply&) {
    totp_enabled_ = false;
    forgetSecrets();
  });
}

void Account::forgetError() {
  error_.clear();
  emit changed();
}

void Account::forgetSecrets() {
  totp_uri_.clear();
  totp_secret_.clear();
  recovery_codes_.clear();
  emit changed();
}

void Account::revokeDevice(const QString& device) {
  call("DELETE", QStringLiteral("/v1/me/devices/") + device, {}, QStringLiteral("revoked"),
       [this, device](const HttpReply&) { devices_.remove(device); });
}

void Account::revokeOthers() {
  call("DELETE", QStringLiteral("/v1/me/devices"), {}, QStringLiteral("revoked"),
       [this](const HttpReply&) { load_devices(); });
}

void Account::block(const QString& userId) {
  call("PUT", QStringLiteral("/v1/me/blocks/") + userId, {}, QStringLiteral("blocked"),
       [this](const HttpReply&) { load_blocks(); });
}

void Account::unblock(const QString& userId) {
  call("DELETE", QStringLiteral("/v1/me/blocks/") + userId, {}, QStringLiteral("unblocked"),
       [this, userId](const HttpReply&) { blocks_.remove(userId); });
}

void Account::createInvite(int uses, int expiresS) {
  QJsonObject body;
  if (uses > 0) body.insert(QStringLiteral("uses"), uses);
  if (expiresS > 0) body.insert(QStringLiteral("expires_s"), expiresS);
  call("POST", QStringLiteral("/v1/invites"), body, QStringLiteral("invite"),
       [this](const HttpReply& reply) { invite_link_ = reply.body.value(QLatin1String("link")).toString(); });
}

}  // namespace starling::qt
