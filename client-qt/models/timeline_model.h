// A room's messages, or a thread's, as a list: a window of the log with what waits at its end.
#pragma once

#include <QAbstractListModel>
#include <QTimer>
#include <QVariantMap>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "client-qt/cache/rows.h"
#include "client-qt/models/context.h"
#include "client-qt/models/pending_changes.h"
#include "client-qt/models/timeline_fold.h"
#include "common/client/output.h"

namespace starling::qt {

class Store;

/// Holds kRowsMax rows at most, wherever it stands in the log; the rest is in the cache or with the server. A thread is shown
/// as the cache has it, the room's log is read back to its root, and then it is shown whole. Owner: the GUI's thread.
class TimelineModel final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(bool atLive READ atLive NOTIFY stateChanged)
  Q_PROPERTY(bool loadingOlder READ loadingOlder NOTIFY stateChanged)
  Q_PROPERTY(bool hasOlder READ hasOlder NOTIFY stateChanged)
  Q_PROPERTY(bool ready READ ready NOTIFY stateChanged)
  Q_PROPERTY(int firstUnreadIndex READ firstUnreadIndex NOTIFY unreadChanged)
  Q_PROPERTY(int newBelow READ newBelow NOTIFY unreadChanged)

 public:
  enum Role {
    SeqRole = Qt::UserRole,
    LocalIdRole,
    KindRole,
    SenderIdRole,
    SenderNameRole,
    SenderColorRole,
    SenderInitialsRole,
    OwnRole,
    TextRole,
    HtmlRole,
    TimeMsRole,
    TimeTextRole,
    DayTextRole,
    GroupStartRole,
    StateRole,
    StateTextRole,
    EditedRole,
    DeletedRole,
    ReplyToRole,
    ReplyTextRole,
    ReplySenderRole,
    ReactionsRole,
    ThreadRootRole,
    ThreadCountRole,
    ThreadLastMsRole,
    PinnedRole,
    MentionsMeRole,
    FirstUnreadRole,
    ReceiptTextRole,
    HighlightedRole,
    RefusedIdRole,
    RefusedTextRole,
  };

  /// `thread`: root of the thread; 0: the room.
  TimelineModel(const Context& context, RoomId room, Seq thread, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  /// Towards the newest; views call these at the end of the list.
  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;

  int count() const { return static_cast<int>(fold_.rows().size() + (live_ ? pending_.size() : 0)); }
  bool atLive() const { return live_; }
  bool loadingOlder() const { return busy_ == Busy::Older; }
  bool hasOlder() const;
  bool ready() const { return busy_ != Busy::Opening; }
  int firstUnreadIndex() const;
  int newBelow() const { return new_below_; }

  Q_INVOKABLE void loadOlder();
  Q_INVOKABLE void loadNewer();
  Q_INVOKABLE QVariantMap details(int row) const;
  Q_INVOKABLE int indexOf(qlonglong seq) const;
  Q_INVOKABLE void jumpTo(qlonglong seq);
  Q_INVOKABLE void jumpToLive();

  /// Loads the newest; `unread_after`: the divider stands above the first message of others behind it.
  void open(Seq unread_after);
  void notice(const client::Notice& notice);
  void queued(const OutboxRow& row);
  void renamed(ClientMsgId from, ClientMsgId to);
  void found_in_log(ClientMsgId id);
  /// False when it has no place here: neither the message nor the one that it is about.
  bool refusal(const RefusedRow& row);
  /// What is said of the message has changed. False when it is not here.
  bool touch(Seq seq);
  void set_pins(const std::set<Seq>& pins);
  /// What a Receipts frame says of one user is handled here.
  void set_receipt(UserId user, Seq delivered, Seq read);

  const TimelineFold& fold() const { return fold_; }
  /// The message as it reads here, with what waits to be said of it.
  std::optional<TimelineRow> message(Seq seq) const;
  /// The newest event in view of who reads the end; nothing when the end is elsewhere.
  std::optional<wire::Event> newest() const;

 signals:
  void countChanged();
  void stateChanged();
  void unreadChanged();
  /// The row that a jump was for is there.
  void jumped(int row);

 private:
  enum class Busy : std::uint8_t { Idle, Opening, Older, Newer, Around };
  struct Pending {
    OutboxRow row;
    std::optional<RefusedRow> refused;
    bool accepted = false;  // the log has it, and the event is on its way
    mutable QString html;
  };
  struct Receipt {
    Seq delivered;
    Seq read;
  };

  void on(const client::Applied& notice);
  void on(const client::Settled& notice);
  void on(const client::Held& notice);
  void on(const client::RoomReset& notice);
  void on(const client::RoomSynced& notice);
  void on(const client::PageRead& notice);
  void on(const client::PageFailed& notice);
  void on(const auto&) {}

  // timeline_window.cpp
  void load(Busy busy, std::function<LogSlice(Store&)> job);
  void loaded(Busy busy, LogSlice slice);
  void prepend(LogSlice slice);
  void append(const LogSlice& slice);
  void begin_with(const LogSlice& slice);
  void append_event(const wire::Event& event);
  void drain_buffer();
  void drop_buffer();
  void ask_server(Busy busy, Seq from);
  void ask_again(Busy busy, std::uint32_t after_ms);
  void thread_loaded(Seq contiguous_from);
  void take_page_of_thread(const wire::HistoryPage& page);
  void idle();
  void set_live(bool live);
  void trim_back();
  void trim_front();
  Seq cursor() const;
  void position();

  // pending
  void add_pending(Pending pending);
  void remove_pending(ClientMsgId id);
  int find_pending(ClientMsgId id) const;
  void touch_all_pending();
  bool takes(const wire::Send& send) const;
  void touch_pending(int at);
  void forget_change(ClientMsgId id);

  // timeline_data.cpp
  QVariant message_data(const TimelineRow& row, std::size_t at, int role) const;
  QVariant changed_data(const TimelineRow& row, std::size_t at, int role) const;
  QVariant system_data(const TimelineRow& row, std::size_t at, int role) const;
  QVariant common_data(const TimelineRow& row, std::size_t at, int role) const;
  QVariant pending_data(const Pending& pending, std::size_t at, int role) const;
  QString system_text(const wire::Event& event) const;
  QVariantList reactions_of(const TimelineRow& row) const;
  QString receipt_text(const TimelineRow& row) const;
  QString waiting_text() const;
  bool direct() const;
  const RefusedRow* refused_about(Seq seq) const;
  QString refused_text(Seq seq) const;
  QVariant reply_data(Seq target, int role) const;
  QString day_above(qint64 ts, std::optional<qint64> before) const;
  std::optional<qint64> time_before(std::size_t at) const;
  UserId sender_before(std::size_t at) const;
  QString html_of(const std::string& text) const;
  void changed_rows(std::size_t first, std::size_t last);

  Context context_;
  RoomId room_;
  Seq thread_;
  TimelineFold fold_;
  std::vector<Pending> pending_;  // behind the fold's rows; only shown while live
  PendingChanges changes_;
  std::vector<wire::Event> buffer_;  // came while something was being loaded
  std::map<UserId, Receipt> receipts_;
  std::set<Seq> pins_;
  struct Quote {
    UserId sender;
    QString text;
  };
  mutable std::map<Seq, Quote> quotes_;  // messages replied to that are not in the window
  Busy busy_ = Busy::Idle;
  std::uint32_t page_ = 0;        // the history request that `busy_` waits for; 0: none
  std::uint32_t generation_ = 0;  // results of an earlier one are stale
  bool live_ = true;
  bool wants_older_ = false;  // asked for while offline
  Seq thread_from_;           // of a thread: the room's log is here from this event on; 0: nothing of it
  bool thread_whole_ = false;
  Seq unread_after_;
  Seq jump_;
  Seq highlighted_;
  QTimer unhighlight_;
  QTimer held_over_;  // what waits is on its way again
  int new_below_ = 0;
};

}  // namespace starling::qt
