#include "client-qt/models/rows_model.h"

#include <algorithm>
#include <utility>

namespace starling::qt {

RowsModel::RowsModel(QList<QByteArray> roles, QByteArray key, QObject* parent)
    : QAbstractListModel(parent), roles_(std::move(roles)), key_(QString::fromLatin1(key)) {}

int RowsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QHash<int, QByteArray> RowsModel::roleNames() const {
  QHash<int, QByteArray> names;
  for (qsizetype i = 0; i < roles_.size(); ++i) names.insert(Qt::UserRole + static_cast<int>(i), roles_[i]);
  return names;
}

QVariant RowsModel::data(const QModelIndex& index, int role) const {
  const int which = role - Qt::UserRole;
  if (!index.isValid() || index.row() >= count() || which < 0 || which >= roles_.size()) return {};
  return rows_[static_cast<std::size_t>(index.row())].value(QString::fromLatin1(roles_[which]));
}

QVariantMap RowsModel::get(int row) const {
  return row >= 0 && row < count() ? rows_[static_cast<std::size_t>(row)] : QVariantMap();
}

void RowsModel::set_rows(std::vector<QVariantMap> rows) {
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
  emit countChanged();
}

void RowsModel::append(std::vector<QVariantMap> rows) {
  if (rows.empty()) return;
  beginInsertRows({}, count(), count() + static_cast<int>(rows.size()) - 1);
  std::ranges::move(rows, std::back_inserter(rows_));
  endInsertRows();
  emit countChanged();
}

int RowsModel::find(const QVariant& key) const {
  const auto at = std::ranges::find_if(rows_, [&](const QVariantMap& row) { return row.value(key_) == key; });
  return at == rows_.end() ? -1 : static_cast<int>(at - rows_.begin());
}

void RowsModel::put(const QVariantMap& row) {
  const int at = find(row.value(key_));
  if (at < 0) return append({row});
  rows_[static_cast<std::size_t>(at)] = row;
  emit dataChanged(index(at), index(at));
}

void RowsModel::change(int row, const QVariantMap& roles) {
  if (row < 0 || row >= count()) return;
  rows_[static_cast<std::size_t>(row)].insert(roles);
  emit dataChanged(index(row), index(row));
}

void RowsModel::remove(const QVariant& key) {
  const int at = find(key);
  if (at < 0) return;
  beginRemoveRows({}, at, at);
  rows_.erase(rows_.begin() + at);
  endRemoveRows();
  emit countChanged();
}

}  // namespace starling::qt
