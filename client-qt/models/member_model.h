// A room's members.
#pragma once

#include "client-qt/models/context.h"
#include "client-qt/models/rows_model.h"
#include "common/wire/event.h"

namespace starling::qt {

/// From the server, a page at a time; from the cached log where the server does not tell. Owner: the room.
class MemberModel final : public RowsModel {
  Q_OBJECT
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(bool hasMore READ hasMore NOTIFY stateChanged)

 public:
  MemberModel(const Context& context, RoomId room, QObject* parent = nullptr);

  QString query() const { return query_; }
  void setQuery(const QString& query);
  bool hasMore() const { return !next_.isEmpty(); }
  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;
  Q_INVOKABLE void fetchMore() { fetchMore({}); }
  Q_INVOKABLE void refresh();
  /// An event of the room's log.
  void applied(const wire::Event& event);

 signals:
  void queryChanged();
  void stateChanged();

 private:
  void ask(const QString& after);
  void from_log();
  QVariantMap row_of(UserId user, wire::Role role, bool muted) const;

  Context context_;
  RoomId room_;
  QString query_;
  QString next_;
  quint32 generation_ = 0;
  bool busy_ = false;
};

}  // namespace starling::qt
