#include "client-qt/models/app_settings.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <utility>

namespace starling::qt {

AppSettings::AppSettings(QString directory) : directory_(std::move(directory)) {
  QDir().mkpath(directory_);
  QFile found(file());
  if (!found.open(QIODevice::ReadOnly)) return;
  const QJsonObject all = QJsonDocument::fromJson(found.readAll()).object();
  for (const QJsonValue& value : all.value(QLatin1String("accounts")).toArray()) {
    const QJsonObject each = value.toObject();
    accounts.push_back({.server = each.value(QLatin1String("server")).toString(),
                        .user = each.value(QLatin1String("user")).toString(),
                        .handle = each.value(QLatin1String("handle")).toString(),
                        .file = each.value(QLatin1String("file")).toString()});
  }
  current = all.value(QLatin1String("current")).toInt(-1);
  if (current >= static_cast<int>(accounts.size())) current = -1;
  appearance = all.value(QLatin1String("appearance")).toString(appearance);
  scale = all.value(QLatin1String("scale")).toDouble(scale);
  reduced_motion = all.value(QLatin1String("reduced_motion")).toBool(reduced_motion);
  keep_running = all.value(QLatin1String("keep_running")).toBool(keep_running);
  const QJsonObject trusted = all.value(QLatin1String("pins")).toObject();
  for (auto it = trusted.begin(); it != trusted.end(); ++it) pins[it.key()] = it.value().toString();
}

QString AppSettings::file() const { return QDir(directory_).filePath(QStringLiteral("settings.json")); }

QString AppSettings::path_of(const AccountEntry& entry) const { return QDir(directory_).filePath(entry.file); }

void AppSettings::save() const {
  QJsonArray list;
  for (const AccountEntry& entry : accounts) {
    list.append(QJsonObject{{QStringLiteral("server"), entry.server},
                            {QStringLiteral("user"), entry.user},
                            {QStringLiteral("handle"), entry.handle},
                            {QStringLiteral("file"), entry.file}});
  }
  QJsonObject trusted;
  for (const auto& [server, print] : pins) trusted.insert(server, print);
  const QJsonObject all{{QStringLiteral("accounts"), list},
                        {QStringLiteral("current"), current},
                        {QStringLiteral("reduced_motion"), reduced_motion},
                        {QStringLiteral("keep_running"), keep_running},
                        {QStringLiteral("appearance"), appearance},
                        {QStringLiteral("scale"), scale},
                        {QStringLiteral("pins"), trusted}};
  QSaveFile out(file());
  if (!out.open(QIODevice::WriteOnly)) return;
  out.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
  out.write(QJsonDocument(all).toJson());
  out.commit();
}

AccountEntry& AppSettings::entry_for(const QString& server, const QString& handle) {
  for (AccountEntry& entry : accounts) {
    if (entry.server == server && entry.handle == handle) return entry;
  }
  const QByteArray name =
      QCryptographicHash::hash((server + QLatin1Char('\n') + handle).toUtf8(), QCryptographicHash::Sha256)
          .toHex()
          .left(16);
  accounts.push_back({.server = server,
                      .user = {},
                      .handle = handle,
                      .file = QStringLiteral("account-") + QString::fromLatin1(name) + QStringLiteral(".db")});
  return accounts.back();
}

}  // namespace starling::qt
