// People found by name.
#pragma once

#include <QTimer>

#include "client-qt/models/context.h"
#include "client-qt/models/rows_model.h"

namespace starling::qt {

/// Owner: the session.
class PeopleModel final : public RowsModel {
  Q_OBJECT
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(bool busy READ busy NOTIFY stateChanged)
  Q_PROPERTY(QString error READ error NOTIFY stateChanged)

 public:
  explicit PeopleModel(const Context& context, QObject* parent = nullptr);

  QString query() const { return query_; }
  void setQuery(const QString& query);
  bool busy() const { return busy_; }
  QString error() const { return error_; }

 signals:
  void queryChanged();
  void stateChanged();

 private:
  void ask();

  Context context_;
  QString query_;
  QString error_;
  QTimer soon_;
  quint32 generation_ = 0;
  int tries_ = 0;  // that failed
  bool busy_ = false;
};

/// The roles of MemberModel and PeopleModel.
QList<QByteArray> person_role_names();

}  // namespace starling::qt
