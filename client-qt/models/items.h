// The user's items on this device: mutes and drafts of other devices, invitations. What the server says is all there is; a
// write names the version that it was made over.
#pragma once

#include <QObject>
#include <map>
#include <string>
#include <utility>

#include "common/client/session.h"

namespace starling::qt {

class SessionHost;

/// Owner: the session. Kept in memory: they are few, and come again with each start.
class ItemBook final : public QObject {
  Q_OBJECT

 public:
  explicit ItemBook(SessionHost* host, QObject* parent = nullptr) : QObject(parent), host_(host) {}

  void on(const client::ItemsChanged& notice);
  /// `key`: a room. An empty value removes.
  void put(wire::ItemKind kind, std::uint64_t key, std::string value);

 signals:
  /// An empty value: it is gone.
  void changed(const starling::wire::Item& item);

 private:
  SessionHost* host_;
  std::map<std::pair<wire::ItemKind, std::string>, wire::Item> items_;
};

}  // namespace starling::qt
