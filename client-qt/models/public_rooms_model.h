// Rooms that anybody may join.
#pragma once

#include <QTimer>

#include "client-qt/models/context.h"
#include "client-qt/models/rows_model.h"

namespace starling::qt {

/// Owner: the session.
class PublicRoomsModel final : public RowsModel {
  Q_OBJECT
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(QString error READ error NOTIFY stateChanged)

 public:
  explicit PublicRoomsModel(const Context& context, QObject* parent = nullptr);

  QString query() const { return query_; }
  void setQuery(const QString& query);
  QString error() const { return error_; }
  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;
  Q_INVOKABLE void refresh();

 signals:
  void queryChanged();
  void stateChanged();

 private:
  void ask(const QString& after);

  Context context_;
  QString query_;
  QString next_;
  QString error_;
  QTimer soon_;
  quint32 generation_ = 0;
  bool busy_ = false;
};

}  // namespace starling::qt
