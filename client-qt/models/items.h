// The user's items on this device: mutes, drafts, folders, settings, invitations. What the user wants is shown at once and kept
// until the server has it, also over a restart; a put names the version that it was made over.
#pragma once

#include <QObject>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client-qt/cache/rows.h"
#include "common/client/session.h"

namespace starling::qt {

class SessionHost;

/// Owner: the session.
class ItemBook final : public QObject {
  Q_OBJECT

 public:
  explicit ItemBook(SessionHost* host, QObject* parent = nullptr) : QObject(parent), host_(host) {}

  /// What the cache held; once. Nothing is told of it.
  void restore(const std::vector<ItemRow>& rows);
  void on(const client::ItemsChanged& notice);
  void on(const client::ItemPut& notice);
  /// What is wanted is asked for, unless it is already.
  void on(const client::Welcomed& notice);

  /// As it is shown; empty: there is none.
  std::string value(wire::ItemKind kind, const std::string& key) const;
  std::string value(wire::ItemKind kind, RoomId room) const { return value(kind, std::to_string(room.value)); }
  /// All that there are, by key.
  std::map<std::string, std::string> all(wire::ItemKind kind) const;
  /// An empty value removes.
  void put(wire::ItemKind kind, const std::string& key, std::string value);

 signals:
  /// What is shown is another value than before; empty: it is gone.
  void changed(const starling::wire::Item& item);
  /// Another device, or the server, has changed what was `before`.
  void changed_elsewhere(const starling::wire::Item& item, const std::string& before);
  /// What was wanted cannot be had; for people.
  void failed(const QString& text);

 private:
  using Key = std::pair<wire::ItemKind, std::string>;
  struct Asked {
    std::uint64_t request = 0;
    std::string value;
  };
  struct Entry {
    std::string value;  // the server's word
    std::uint64_t version = 0;
    std::optional<std::string> wanted;
    std::optional<Asked> asked;
    const std::string& shown() const { return wanted ? *wanted : value; }
  };

  void learn(const Key& key, std::string value, std::uint64_t version);
  void ask(const Key& key, Entry& entry);
  void give_up(const Key& key, Entry& entry, const QString& why);
  void store(const Key& key, const Entry& entry);

  SessionHost* host_;
  DeviceId device_;  // that the requests are of
  std::map<Key, Entry> entries_;
};

}  // namespace starling::qt
