#include "tests/qml/fixture_model.h"

QVariant FixtureModel::data(const QModelIndex& index, int role) const {
  return rows_.value(index.row()).toMap().value(QString::fromUtf8(roles_.value(role)));
}

void FixtureModel::set_rows(const QVariantList& rows) {
  beginResetModel();
  rows_ = rows;
  if (roles_.isEmpty() && !rows.isEmpty()) {
    int role = Qt::UserRole;
    const auto first = rows.first().toMap();
    for (auto it = first.begin(); it != first.end(); ++it) roles_[role++] = it.key().toUtf8();
  }
  endResetModel();
  Q_EMIT rowsChanged();
}

void FixtureModel::append(const QVariantMap& row) {
  const int at = int(rows_.size());
  beginInsertRows({}, at, at);
  rows_.append(row);
  endInsertRows();
  Q_EMIT rowsChanged();
}
