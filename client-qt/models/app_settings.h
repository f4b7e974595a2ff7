// What is remembered beyond any one account: which there are, how things look, whom to trust.
#pragma once

#include <QJsonArray>
#include <QString>
#include <map>
#include <vector>

namespace starling::qt {

struct AccountEntry {
  QString server;  // https://host:port
  QString user;    // id; empty until the first welcome
  QString handle;
  QString file;  // in the data directory
};

/// A JSON file, replaced whole. Owner: the app.
class AppSettings {
 public:
  explicit AppSettings(QString directory);

  void save() const;
  QString path_of(const AccountEntry& entry) const;
  QString directory() const { return directory_; }
  /// The entry, made when there is none.
  AccountEntry& entry_for(const QString& server, const QString& handle);

  std::vector<AccountEntry> accounts;
  int current = -1;
  QString appearance = QStringLiteral("system");
  double scale = 1.0;
  bool reduced_motion = false;
  bool keep_running = false;        // when the window is closed
  std::map<QString, QString> pins;  // server -> fingerprint

 private:
  QString file() const;
  QString directory_;
};

}  // namespace starling::qt
