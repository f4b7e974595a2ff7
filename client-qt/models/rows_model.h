// A list of rows whose roles are all there is to them.
#pragma once

#include <QAbstractListModel>
#include <QByteArray>
#include <QList>
#include <QVariantMap>
#include <vector>

namespace starling::qt {

/// The rows are values by role name. Owner: the GUI's thread.
class RowsModel : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(int count READ count NOTIFY countChanged)

 public:
  /// `key` is the role that names a row.
  RowsModel(QList<QByteArray> roles, QByteArray key, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;

  int count() const { return static_cast<int>(rows_.size()); }
  Q_INVOKABLE QVariantMap get(int row) const;
  void set_rows(std::vector<QVariantMap> rows);
  void append(std::vector<QVariantMap> rows);
  /// Replaces the row of the same key, or adds it at the end.
  void put(const QVariantMap& row);
  void remove(const QVariant& key);
  void clear() { set_rows({}); }
  /// -1: there is none.
  int find(const QVariant& key) const;
  /// Changes some roles of the row.
  void change(int row, const QVariantMap& roles);
  const std::vector<QVariantMap>& rows() const { return rows_; }

 signals:
  void countChanged();

 private:
  QList<QByteArray> roles_;
  QString key_;
  std::vector<QVariantMap> rows_;
};

}  // namespace starling::qt
