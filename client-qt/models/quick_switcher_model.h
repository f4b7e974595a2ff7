// Rooms and people by a few letters.
#pragma once

#include "client-qt/models/context.h"
#include "client-qt/models/rows_model.h"

namespace starling::qt {

class PeopleModel;

/// How well `name` fits `query`: the higher the better; -1: not at all. A prefix beats the start of a word, that beats a
/// part, that beats letters in order.
int match_score(const QString& name, const QString& query);

/// Owner: the session.
class QuickSwitcherModel final : public RowsModel {
  Q_OBJECT
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)

 public:
  explicit QuickSwitcherModel(const Context& context, QObject* parent = nullptr);

  QString query() const { return query_; }
  void setQuery(const QString& query);

 signals:
  void queryChanged();

 private:
  void fill();

  Context context_;
  PeopleModel* people_;
  QString query_;
};

}  // namespace starling::qt
