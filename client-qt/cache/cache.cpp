#include "client-qt/cache/cache.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTimer>
#include <algorithm>

#include "client-qt/cache/schema.h"

namespace starling::qt {
namespace {

/// How soon a write that failed is tried again.
constexpr int kRetryMs = 1000;

CacheError error_of(const sqlite::SqliteError& error, const QString& path) {
  const QString detail = QString::fromUtf8(error.what());
  if (error.code() == kNewerSchema) {
    return {CacheFault::Newer,
            QObject::tr("%1 was written by a later version of Starling. Update to read it.").arg(path)};
  }
  switch (error.code() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {CacheFault::Damaged, QObject::tr("The local copy %1 is damaged (%2).").arg(path, detail)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {CacheFault::Locked,
              QObject::tr("The local copy %1 is in use by another program, perhaps another Starling.").arg(path)};
    case SQLITE_FULL:
      return {CacheFault::Storage, QObject::tr("The disk is full: %1 cannot grow.").arg(path)};
    default:
      return {CacheFault::Storage, QObject::tr("The local copy %1 cannot be used: %2.").arg(path, detail)};
  }
}

/// Moved beside itself, its journal with it; never deleted.
QString set_aside(const QString& path) {
  const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-hhmmss-zzz"));
  const QString aside = path + QStringLiteral(".damaged-") + stamp;
  for (const char* suffix : {"-wal", "-shm", ""})
    QFile::rename(path + QLatin1String(suffix), aside + QLatin1String(suffix));
  return aside;
}

/// A name beside one that is in use.
QString free_name(const QString& path) {
  for (int i = 2;; ++i) {
    const QString name = path + QStringLiteral(".") + QString::number(i);
    if (!QFileInfo::exists(name)) return name;
  }
}

}  // namespace

Cache::Cache(QString path, QObject* parent)
    : QObject(parent), path_(std::move(path)), worker_(std::make_unique<QObject>()) {
  worker_->moveToThread(&thread_);
  thread_.setObjectName(QStringLiteral("cache"));
  thread_.start();
}

Cache::~Cache() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  QMetaObject::invokeMethod(worker_.get(), [this] {
    drain();
    store_.reset();
    thread_.quit();
  });
  thread_.wait();
}

void Cache::open(std::function<void(Result<Opened, CacheError>)> done) {
  QMetaObject::invokeMethod(worker_.get(), [this, done = std::move(done)] {
    auto opened = open_here();
    QMetaObject::invokeMethod(
        this, [done, opened = std::move(opened)]() mutable { done(std::move(opened)); }, Qt::QueuedConnection);
  });
}

Result<Opened, CacheError> Cache::open_here() {
  QDir().mkpath(QFileInfo(path_).absolutePath());
  Opened out;
  for (int attempt = 0;; ++attempt) {
    try {
      store_.emplace(path_.toStdString());
      out.snapshot = store_->snapshot();
      return out;
    } catch (const sqlite::SqliteError& error) {
      store_.reset();
      const CacheError what = error_of(error, path_);
      const bool fresh_helps = what.fault == CacheFault::Damaged || what.fault == CacheFault::Locked;
      if (!fresh_helps || attempt > 0) return fail(what);
      out.trouble = what;
      if (what.fault == CacheFault::Damaged) {
        out.set_aside = set_aside(path_);
      } else {
        path_ = free_name(path_);
      }
    }
  }
}

void Cache::write(Batch batch) {
  if (batch.ops.empty() && batch.token == 0) return;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(batch));
    if (queue_.size() > 1) return;  // the thread has been told
  }
  QMetaObject::invokeMethod(worker_.get(), [this] { drain(); });
}

void Cache::drain() {
  std::vector<Batch> batches;
  bool closing = false;
  {
    const std::lock_guard lock(mutex_);
    batches.swap(queue_);
    closing = closing_;
  }
  if (batches.empty() || !store_) return;
  try {
    store_->apply(batches);
  } catch (const sqlite::SqliteError& error) {
    if (closing) return;
    if (!std::exchange(failing_, true)) emit failed(error_of(error, path_).text);
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.begin(), std::make_move_iterator(batches.begin()), std::make_move_iterator(batches.end()));
    QTimer::singleShot(kRetryMs, worker_.get(), [this] { drain(); });
    return;
  }
  if (std::exchange(failing_, false)) emit recovered();
  std::uint64_t token = 0;
  for (const Batch& batch : batches) token = std::max(token, batch.token);
  if (token != 0) emit persisted(token);
}

void Cache::post(std::function<void(Store&)> job) {
  QMetaObject::invokeMethod(worker_.get(), [this, job = std::move(job)] {
    drain();  // what was written before is there to be read
    if (!store_) return;
    try {
      job(*store_);
    } catch (const sqlite::SqliteError& error) {
      emit failed(error_of(error, path_).text);
    }
  });
}

}  // namespace starling::qt
