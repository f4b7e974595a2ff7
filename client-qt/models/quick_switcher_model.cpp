#include "client-qt/models/quick_switcher_model.h"

#include <algorithm>
#include <tuple>

#include "client-qt/models/directory.h"
#include "client-qt/models/people_model.h"
#include "client-qt/models/room_book.h"
#include "client-qt/models/room_list_model.h"
#include "client-qt/text/words.h"

namespace starling::qt {
namespace {

/// What fits a dialog.
constexpr std::size_t kRowsMax = 20;

}  // namespace

int match_score(const QString& name, const QString& query) {
  const QString words = query.simplified();
  if (words.isEmpty()) return 0;
  const qsizetype at = name.indexOf(words, 0, Qt::CaseInsensitive);
  if (at == 0) return 400;
  if (at > 0) return name[at - 1].isLetterOrNumber() ? 200 : 300;
  qsizetype from = 0;
  for (const QChar c : words) {
    if (c.isSpace()) continue;
    from = name.indexOf(c, from, Qt::CaseInsensitive);
    if (from < 0) return -1;
    ++from;
  }
  return 100;
}

QuickSwitcherModel::QuickSwitcherModel(const Context& context, QObject* parent)
    : RowsModel({"kind", "id", "title", "subtitle", "color", "initials", "unread"}, "id", parent),
      context_(context),
      people_(new PeopleModel(context, this)) {
  connect(people_, &PeopleModel::stateChanged, this, &QuickSwitcherModel::fill);
}

void QuickSwitcherModel::setQuery(const QString& query) {
  if (query == query_ && !query.isEmpty()) return;
  query_ = query;
  emit queryChanged();
  people_->setQuery(query);
  fill();
}

void QuickSwitcherModel::fill() {
  struct Found {
    std::tuple<int, int, qint64> rank;  // score, unread, time: the higher the better
    QVariantMap row;
  };
  std::vector<Found> found;
  for (const auto& [id, room] : context_.rooms->rooms()) {
    const QString title = room_title(room, context_);
    const int score = match_score(title, query_);
    if (score < 0) continue;
    found.push_back({{score, room.unread() > 0 ? 1 : 0, to_ms(room.preview.ts)},
                     {{QStringLiteral("kind"), QStringLiteral("room")},
                      {QStringLiteral("id"), QString::number(id.value)},
                      {QStringLiteral("title"), title},
                      {QStringLiteral("subtitle"), room.topic},
                      {QStringLiteral("color"), color_of(room.peer ? room.peer.value : id.value)},
                      {QStringLiteral("initials"), initials_of(title)},
                      {QStringLiteral("unread"), room.unread()}}});
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &Found::rank);
  std::vector<QVariantMap> rows;
  for (Found& each : found) rows.push_back(std::move(each.row));
  for (const QVariantMap& person : people_->rows()) {
    const UserId user(person.value(QStringLiteral("userId")).toString().toULongLong());
    if (context_.rooms->direct_with(user) != nullptr) continue;  // the room stands for the person
    rows.push_back({{QStringLiteral("kind"), QStringLiteral("person")},
                    {QStringLiteral("id"), person.value(QStringLiteral("userId"))},
                    {QStringLiteral("title"), person.value(QStringLiteral("name"))},
                    {QStringLiteral("subtitle"), QLatin1Char('@') + person.value(QStringLiteral("handle")).toString()},
                    {QStringLiteral("color"), person.value(QStringLiteral("color"))},
                    {QStringLiteral("initials"), person.value(QStringLiteral("initials"))},
                    {QStringLiteral("unread"), 0}});
  }
  if (rows.size() > kRowsMax) rows.resize(kRowsMax);
  set_rows(std::move(rows));
}

}  // namespace starling::qt
