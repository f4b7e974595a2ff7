// The cache on its own thread: nothing here waits for a disk.
#pragma once

#include <QObject>
#include <QPointer>
#include <QThread>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "client-qt/cache/error.h"
#include "client-qt/cache/store.h"
#include "common/base/result.h"

namespace starling::qt {

/// What an opening found. `set_aside`: the file could not be used; it was moved there (a locked one was left alone), and
/// this is a new one, for a new device.
struct Opened {
  Snapshot snapshot;
  QString set_aside;
  std::optional<CacheError> trouble;
};

/// One account's file. Owner: the GUI's thread. Jobs and writes are done in the order in which they were asked for; writes
/// that have queued up share a transaction.
class Cache final : public QObject {
  Q_OBJECT

 public:
  explicit Cache(QString path, QObject* parent = nullptr);
  /// Waits until all that was asked for is done.
  ~Cache() override;

  /// Once, before anything else.
  void open(std::function<void(Result<Opened, CacheError>)> done);
  /// `persisted` tells when it is durable. What a full disk refuses is tried again until it is done.
  void write(Batch batch);

  /// Runs `job(Store&)` on the cache's thread, and `done(its result)` here unless `context` is gone or the job failed.
  template <class Job, class Done>
  void ask(QObject* context, Job job, Done done) {
    post(
        [this, guard = QPointer<QObject>(context), job = std::move(job), done = std::move(done)](Store& store) mutable {
          auto result = job(store);
          QMetaObject::invokeMethod(
              this,
              [guard, done = std::move(done), result = std::move(result)]() mutable {
                if (guard) done(std::move(result));
              },
              Qt::QueuedConnection);
        });
  }

  QString path() const { return path_; }

 signals:
  void persisted(quint64 token);
  /// Something could not be read or written; for people.
  void failed(const QString& text);
  void recovered();

 private:
  void post(std::function<void(Store&)> job);
  void drain();
  Result<Opened, CacheError> open_here();

  QString path_;
  QThread thread_;
  std::unique_ptr<QObject> worker_;  // lives on the thread
  std::optional<Store> store_;       // the thread's
  bool failing_ = false;             // the thread's
  std::mutex mutex_;
  std::vector<Batch> queue_;  // under the mutex
  bool closing_ = false;      // under the mutex
};

}  // namespace starling::qt
