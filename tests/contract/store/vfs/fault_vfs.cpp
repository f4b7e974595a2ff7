#include "tests/contract/store/vfs/fault_vfs.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <new>
#include <optional>
#include <thread>
#include <utility>

namespace starling::contract {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

/// What SQLite calls, and the file object it calls it with. The real file lies behind it in the same allocation.
struct FaultVfs::Glue {
  struct File {
    sqlite3_file base;
    FaultVfs* owner;
    std::string* path;  // null: a temporary file, nobody's business
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return of(file)->real(); }
  static sqlite3_vfs* real_vfs() { return sqlite3_vfs_find(nullptr); }

  static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    auto* self = static_cast<FaultVfs*>(vfs->pAppData);
    auto* made = new (file) File{.base = {}, .owner = self, .path = nullptr};
    const bool tracked =
        name != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    if (tracked) {
      const std::scoped_lock lock(self->mutex_);
      self->file(name);  // before it is made
    }
    const int code = real_vfs()->xOpen(real_vfs(), name, made->real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    if (tracked) made->path = new std::string(name);
    made->base.pMethods = methods();
    return SQLITE_OK;
  }
  static int close(sqlite3_file* file) {
    const int code = real(file)->pMethods == nullptr ? SQLITE_OK : real(file)->pMethods->xClose(real(file));
    delete of(file)->path;
    return code;
  }
  static int read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), buffer, size, offset);
  }
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    if (of(file)->path != nullptr) {
      sqlite3_int64 now = 0;
      real(file)->pMethods->xFileSize(real(file), &now);
      const sqlite3_int64 grows = offset + size > now ? offset + size - now : 0;
      const int code = of(file)->owner->before_write(*of(file)->path, static_cast<std::size_t>(offset), bytes,
                                                     static_cast<std::size_t>(size), static_cast<std::size_t>(grows));
      if (code != SQLITE_OK) return code;
    }
    return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (of(file)->path != nullptr) {
      const int code = of(file)->owner->before_truncate(*of(file)->path, static_cast<std::size_t>(size));
      if (code != SQLITE_OK) return code;
    }
    return real(file)->pMethods->xTruncate(real(file), size);
  }
  /// The real sync is left out: nothing of what is tested depends on this machine's power.
  static int sync(sqlite3_file* file, int) {
    if (of(file)->path == nullptr) return SQLITE_OK;
    const Sync began = of(file)->owner->before_sync(*of(file)->path);
    if (began.code != SQLITE_OK) return began.code;
    if (began.delay.count() != 0) std::this_thread::sleep_for(began.delay);
    of(file)->owner->synced(*of(file)->path, began.writes);
    return SQLITE_OK;
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
  }
  static int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
  static int unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
  static int check_reserved(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
  }
  static int control(sqlite3_file* file, int op, void* arg) {
    return real(file)->pMethods->xFileControl(real(file), op, arg);
  }
  static int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
  static int traits(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), region, size, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int n, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    auto* self = static_cast<FaultVfs*>(vfs->pAppData);
    {
      const std::scoped_lock lock(self->mutex_);
      if (self->dark_) return SQLITE_IOERR_DELETE;
      self->files_.erase(name);
    }
    return real_vfs()->xDelete(real_vfs(), name, sync_folder);
  }

  /// Without xFetch: every read and write is a call.
  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods kMethods{.iVersion = 2,
                                             .xClose = close,
                                             .xRead = read,
                                             .xWrite = write,
                                             .xTruncate = truncate,
                                             .xSync = sync,
                                             .xFileSize = file_size,
                                             .xLock = lock,
                                             .xUnlock = unlock,
                                             .xCheckReservedLock = check_reserved,
                                             .xFileControl = control,
                                             .xSectorSize = sector_size,
                                             .xDeviceCharacteristics = traits,
                                             .xShmMap = shm_map,
                                             .xShmLock = shm_lock,
                                             .xShmBarrier = shm_barrier,
                                             .xShmUnmap = shm_unmap,
                                             .xFetch = nullptr,
                                             .xUnfetch = nullptr};
    return &kMethods;
  }
};

FaultVfs::FaultVfs(std::string name)
    : name_(std::move(name)), vfs_(std::make_unique<sqlite3_vfs>(*Glue::real_vfs())), space_(kNoLimit) {
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->pNext = nullptr;
  vfs_->szOsFile = static_cast<int>(sizeof(Glue::File)) + Glue::real_vfs()->szOsFile;
  vfs_->xOpen = Glue::open;
  vfs_->xDelete = Glue::remove;
  sqlite3_vfs_register(vfs_.get(), 0);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(vfs_.get()); }

void FaultVfs::lose_power_at(std::uint64_t nth, std::uint64_t seed, std::function<void()> lost) {
  const std::scoped_lock lock(mutex_);
  until_loss_ = nth;
  loss_seed_ = seed;
  on_loss_ = std::move(lost);
}

void FaultVfs::recover(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(mutex_);
  std::filesystem::create_directories(to);
  for (const auto& [path, content] : left_) {
    if (!path.starts_with(from + "/")) continue;
    std::ofstream(to + path.substr(from.size()), std::ios::binary) << content;
  }
}

void FaultVfs::fail_sync_at(std::uint64_t nth) {
  const std::scoped_lock lock(mutex_);
  until_bad_sync_ = nth;
}

void FaultVfs::fill_after(std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  space_ = bytes;
}

void FaultVfs::slow_syncs(std::chrono::milliseconds delay) {
  const std::scoped_lock lock(mutex_);
  sync_delay_ = delay;
}

void FaultVfs::heal() {
  const std::scoped_lock lock(mutex_);
  until_bad_sync_ = 0;
  syncs_fail_ = false;
  space_ = kNoLimit;
  sync_delay_ = {};
}

std::uint64_t FaultVfs::syncs() const {
  const std::scoped_lock lock(mutex_);
  return syncs_;
}

UnsyncedFile& FaultVfs::file(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  return files_.emplace(path, UnsyncedFile(read_file(path))).first->second;
}

bool FaultVfs::powered() {
  if (dark_) return false;
  if (until_loss_ == 0 || --until_loss_ != 0) return true;
  dark_ = true;
  on_loss_();
  Rng rng(loss_seed_);
  for (const auto& [path, each] : files_) {
    if (auto content = each.after_power_loss(rng)) left_[path] = std::move(*content);
  }
  return false;
}

int FaultVfs::before_write(const std::string& path, std::size_t offset, const void* bytes, std::size_t size,
                           std::size_t grows) {
  const std::scoped_lock lock(mutex_);
  if (grows > space_) return SQLITE_FULL;
  if (!dark_) file(path).write(offset, {static_cast<const char*>(bytes), size});
  if (!powered()) return SQLITE_IOERR_WRITE;
  if (space_ != kNoLimit) space_ -= grows;
  return SQLITE_OK;
}

int FaultVfs::before_truncate(const std::string& path, std::size_t size) {
  const std::scoped_lock lock(mutex_);
  if (!dark_) file(path).truncate(size);
  return powered() ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

FaultVfs::Sync FaultVfs::before_sync(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (!powered()) return {.code = SQLITE_IOERR_FSYNC};
  ++syncs_;
  if (until_bad_sync_ != 0 && --until_bad_sync_ == 0) syncs_fail_ = true;
  if (syncs_fail_) return {.code = SQLITE_IOERR_FSYNC};
  return {.writes = file(path).writes(), .delay = sync_delay_};
}

void FaultVfs::synced(const std::string& path, std::uint64_t writes) {
  const std::scoped_lock lock(mutex_);
  if (!dark_) file(path).sync(writes);
}

}  // namespace starling::contract
