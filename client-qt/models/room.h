// The room that is open.
#pragma once

#include <QObject>
#include <QTimer>
#include <map>
#include <memory>
#include <set>

#include "client-qt/cache/ops.h"
#include "client-qt/models/commands.h"
#include "client-qt/models/context.h"
#include "client-qt/models/member_model.h"
#include "client-qt/models/rows_model.h"
#include "client-qt/models/timeline_model.h"

namespace starling::qt {

class Person;
struct RoomSummary;

/// Owner: the session.
class Room final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString roomId READ roomId CONSTANT)
  Q_PROPERTY(QString title READ title NOTIFY changed)
  Q_PROPERTY(QString topic READ topic NOTIFY changed)
  Q_PROPERTY(QString kind READ kind NOTIFY changed)
  Q_PROPERTY(QString role READ role NOTIFY changed)
  Q_PROPERTY(bool moderator READ moderator NOTIFY changed)
  Q_PROPERTY(bool admin READ admin NOTIFY changed)
  Q_PROPERTY(bool mayCallRoom READ mayCallRoom NOTIFY changed)
  Q_PROPERTY(QString visibility READ visibility NOTIFY changed)
  Q_PROPERTY(QString history READ history NOTIFY changed)
  Q_PROPERTY(int memberCount READ memberCount NOTIFY changed)
  Q_PROPERTY(bool muted READ muted NOTIFY changed)
  Q_PROPERTY(QString folder READ folder NOTIFY changed)
  Q_PROPERTY(starling::qt::Person* peer READ peer NOTIFY changed)
  Q_PROPERTY(starling::qt::TimelineModel* timeline READ timeline CONSTANT)
  Q_PROPERTY(starling::qt::TimelineModel* thread READ thread NOTIFY threadChanged)
  Q_PROPERTY(starling::qt::MemberModel* members READ members CONSTANT)
  Q_PROPERTY(starling::qt::RowsModel* pins READ pins CONSTANT)
  Q_PROPERTY(QString typing READ typing NOTIFY typingChanged)
  Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged)
  Q_PROPERTY(QString draftConflict READ draftConflict WRITE setDraftConflict NOTIFY draftChanged)
  Q_PROPERTY(qlonglong threadRoot READ threadRoot NOTIFY threadChanged)
  Q_PROPERTY(QString inviteLink READ inviteLink NOTIFY inviteLinkChanged)
  Q_PROPERTY(QString inviteError READ inviteError NOTIFY inviteLinkChanged)
  Q_PROPERTY(bool settingsBusy READ settingsBusy NOTIFY settingsChanged)
  Q_PROPERTY(QString settingsError READ settingsError NOTIFY settingsChanged)

 public:
  Room(const Context& context, RoomId room, QObject* parent = nullptr);
  ~Room() override;

  RoomId id() const { return room_; }
  QString roomId() const { return QString::number(room_.value); }
  QString title() const;
  QString topic() const;
  QString kind() const;
  QString role() const;
  bool moderator() const;  // or above
  bool admin() const;
  /// @room is a mention when this person writes it.
  bool mayCallRoom() const;
  QString visibility() const;
  QString history() const { return history_; }
  int memberCount() const;
  bool muted() const;
  QString folder() const;
  Person* peer() const;
  TimelineModel* timeline() { return &timeline_; }
  TimelineModel* thread() { return thread_.get(); }
  MemberModel* members() { return &members_; }
  RowsModel* pins() { return &pins_; }
  QString typing() const;
  QString draft() const { return draft_.text; }
  void setDraft(const QString& text);
  QString draftConflict() const { return draft_.other; }
  /// Empty: the choice was made, and the draft is what stays.
  void setDraftConflict(const QString& text);
  qlonglong threadRoot() const;
  QString inviteLink() const { return invite_link_; }
  QString inviteError() const { return invite_error_; }
  /// A change of the room's settings waits for the server's word.
  bool settingsBusy() const { return !settings_.empty(); }
  /// Why the last change was refused.
  QString settingsError() const { return settings_text_; }

  // ---- messages; sequence numbers are numbers, other ids are strings
  /// Empty when it waits in the outbox; else why it cannot, and the draft stays.
  Q_INVOKABLE QString send(const QString& text, qlonglong replyTo = 0, qlonglong threadRoot = 0);
  Q_INVOKABLE QString edit(qlonglong seq, const QString& text);
  Q_INVOKABLE void remove(qlonglong seq);
  Q_INVOKABLE void react(qlonglong seq, const QString& emoji);
  Q_INVOKABLE void pin(qlonglong seq, bool pinned);
  Q_INVOKABLE void typingNow();
  Q_INVOKABLE void markRead();
  Q_INVOKABLE void openThread(qlonglong seq);
  Q_INVOKABLE void closeThread();
  /// 0: to the newest message.
  Q_INVOKABLE void jumpTo(qlonglong seq) { seq == 0 ? timeline_.jumpToLive() : timeline_.jumpTo(seq); }
  /// A message, or what was to be done to one, that was refused: again, or not at all.
  Q_INVOKABLE void retry(const QString& localId);
  Q_INVOKABLE void discard(const QString& localId);
  /// The id of somebody with that handle whom this account has met; empty: nobody.
  Q_INVOKABLE QString userOf(const QString& handle) const;
  /// A message's text as it is typed: @handle for <@USER>.
  Q_INVOKABLE QString typed(const QString& text) const;
  Q_INVOKABLE void jumpToDate(qint64 ms);
  /// Takes the other version of the draft, or drops it.
  Q_INVOKABLE void resolveDraft(bool takeOther);

  // ---- the room
  Q_INVOKABLE void setTitle(const QString& title);
  Q_INVOKABLE void setTopic(const QString& topic);
  Q_INVOKABLE void setVisibility(const QString& visibility);
  Q_INVOKABLE void setHistory(const QString& history);
  Q_INVOKABLE void setMuted(bool muted);
  Q_INVOKABLE void invite(const QString& userId);
  Q_INVOKABLE void kick(const QString& userId);
  Q_INVOKABLE void ban(const QString& userId);
  Q_INVOKABLE void muteMember(const QString& userId, bool muted);
  Q_INVOKABLE void setRole(const QString& userId, const QString& role);
  Q_INVOKABLE void leave();
  Q_INVOKABLE void createInviteLink(int uses, int expiresS);

  /// Another device's draft (an Item of kind Draft): in place of the one here when that still reads as `before`, else both
  /// are kept until one is chosen.
  void offer_draft(const QString& text, const QString& before, std::uint64_t version);
  /// Loads what is to be shown.
  void open();

 signals:
  void changed();
  void threadChanged();
  void typingChanged();
  void draftChanged();
  void inviteLinkChanged();
  void settingsChanged();
  /// The server has taken every change of the settings.
  void settingsSaved();
  /// Something that was asked for cannot be done; for people.
  void failed(const QString& text);

 private:
  struct Words {
    QString text;
    QString other;
    std::uint64_t version = 0;
    std::uint64_t other_version = 0;
    bool touched = false;  // since the room was opened: the cache's is older
  };

  const RoomSummary* summary() const;
  Result<ClientMsgId, client::CommandError> log(client::Draft draft, std::vector<CacheOp> also = {});
  /// Says so when it cannot be.
  void attempt(client::Draft draft);
  void order(const RoomOrder& order) { attempt(draft_of(order)); }

  // room_refusals.cpp
  void refused(const RefusedRow& row);
  void forget_refused(wire::EventKind kind, Seq about);
  void set(const RoomOrder& what);
  void settled_settings(const client::Settled& settled);

  void notice(const client::Notice& notice);
  void someone_types(UserId user);
  void watch();
  void refresh();
  void save_draft();
  CacheOp draft_op() const;

  Context context_;
  RoomId room_;
  TimelineModel timeline_;
  MemberModel members_;
  RowsModel pins_;
  std::unique_ptr<TimelineModel> thread_;
  Seq thread_root_;
  QString history_ = QStringLiteral("all");
  QString invite_link_;
  QString invite_error_;
  std::set<ClientMsgId> settings_;  // changes of the settings that wait
  QString settings_text_;
  int member_count_ = 0;
  Words draft_;
  QTimer save_;
  std::map<UserId, qint64> typing_;  // until when
  QTimer typing_over_;
};

}  // namespace starling::qt
