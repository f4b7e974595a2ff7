// Messages found by the server.
#pragma once

#include <QTimer>

#include "client-qt/models/context.h"
#include "client-qt/models/rows_model.h"

namespace starling::qt {

/// Owner: the session.
class SearchModel final : public RowsModel {
  Q_OBJECT
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY changed)
  Q_PROPERTY(QString roomId READ roomId WRITE setRoomId NOTIFY changed)
  Q_PROPERTY(QString senderId READ senderId WRITE setSenderId NOTIFY changed)
  Q_PROPERTY(qint64 fromMs READ fromMs WRITE setFromMs NOTIFY changed)
  Q_PROPERTY(qint64 toMs READ toMs WRITE setToMs NOTIFY changed)
  Q_PROPERTY(bool busy READ busy NOTIFY stateChanged)
  Q_PROPERTY(QString error READ error NOTIFY stateChanged)

 public:
  explicit SearchModel(const Context& context, QObject* parent = nullptr);

  QString query() const { return query_; }
  void setQuery(const QString& query) { set(query_, query); }
  QString roomId() const { return room_; }
  void setRoomId(const QString& room) { set(room_, room); }
  QString senderId() const { return sender_; }
  void setSenderId(const QString& sender) { set(sender_, sender); }
  qint64 fromMs() const { return from_ms_; }
  void setFromMs(qint64 ms) { set(from_ms_, ms); }
  qint64 toMs() const { return to_ms_; }
  void setToMs(qint64 ms) { set(to_ms_, ms); }
  bool busy() const { return busy_; }
  QString error() const { return error_; }

  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;

 signals:
  void changed();
  void stateChanged();

 private:
  template <class Value>
  void set(Value& mine, const Value& value) {
    if (mine == value) return;
    mine = value;
    emit changed();
    again();
  }
  void again();
  void ask(const QString& before);

  Context context_;
  QString query_;
  QString room_;
  QString sender_;
  QString next_;
  QString error_;
  qint64 from_ms_ = 0;
  qint64 to_ms_ = 0;
  QTimer soon_;
  quint32 generation_ = 0;
  bool busy_ = false;
};

}  // namespace starling::qt
