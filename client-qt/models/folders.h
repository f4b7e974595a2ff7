// The user's folders of rooms: items, whose key is the folder's name and whose value lists its rooms. A folder is there as
// long as it holds a room; a room is in one folder.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "client-qt/cache/rows.h"

namespace starling::qt {

class ItemBook;
class SessionHost;

std::vector<RoomId> rooms_of(const std::string& folder);
/// `mine`, and what became of `base` in `theirs`: two devices fill a folder at once, and no room falls out of it.
std::string merged_folder(const std::string& base, const std::string& mine, const std::string& theirs);

/// Owner: the session.
class Folders final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QStringList names READ names NOTIFY changed)

 public:
  Folders(SessionHost* host, ItemBook* items, QObject* parent = nullptr);

  void restore(const Snapshot& snapshot);
  QStringList names() const { return names_; }
  /// Empty: none. Of several, which other devices made, the first by name.
  QString of(RoomId room) const;
  bool collapsed(const QString& folder) const { return collapsed_.contains(folder); }

  /// A folder that is not there is made; empty: out of its folder.
  Q_INVOKABLE void move(const QString& roomId, const QString& folder);
  /// Into another one that is there already: both are one then.
  Q_INVOKABLE void rename(const QString& from, const QString& to);
  /// The rooms stay.
  Q_INVOKABLE void remove(const QString& folder);
  /// On this device only.
  Q_INVOKABLE void setCollapsed(const QString& folder, bool collapsed);

 signals:
  /// Folders, or what is in them.
  void changed();
  void collapsedChanged(const QString& folder);
  void failed(const QString& text);

 private:
  void read();
  void put(const QString& folder, const std::vector<RoomId>& rooms);
  std::vector<RoomId> in(const QString& folder) const;
  bool may_be_called(const QString& name);

  SessionHost* host_;
  ItemBook* items_;
  QStringList names_;
  std::map<RoomId, QString> of_;
  std::set<QString> collapsed_;
};

}  // namespace starling::qt
