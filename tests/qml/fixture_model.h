#pragma once

#include <qqmlregistration.h>

#include <QAbstractListModel>
#include <QVariantList>

/// A list model over plain maps, so that a fixture in QML has models with the roles and the behaviour of the real ones; QML adds
/// the properties and functions of the model in question. GUI thread.
class FixtureModel : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(QVariantList rows MEMBER rows_ WRITE set_rows NOTIFY rowsChanged)
  Q_PROPERTY(int count READ rowCount NOTIFY rowsChanged)

 public:
  using QAbstractListModel::QAbstractListModel;
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(rows_.size()); }
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override { return roles_; }
  void set_rows(const QVariantList& rows);

  Q_INVOKABLE void append(const QVariantMap& row);
  Q_INVOKABLE QVariantMap get(int index) const { return rows_.value(index).toMap(); }

 Q_SIGNALS:
  void rowsChanged();

 private:
  QVariantList rows_;
  QHash<int, QByteArray> roles_;
};
