#include "tests/contract/directory/subject.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "loadsim/sim/directory_model.h"
#include "tests/contract/directory/redis.h"

namespace starling::contract {
namespace {

/// A moment in which an operation is done.
constexpr Duration kMoment = std::chrono::milliseconds(10);

sim::Options options_with(const ports::TailLimits& limits) {
  sim::Options options;
  options.nodes = 2;
  options.tails = limits;
  return options;
}

class ModelSubject final : public DirectorySubject {
 public:
  explicit ModelSubject(const ports::TailLimits& limits) : context_(options_with(limits)), model_(context_) {}

  void write(ShardId by, ports::DirectoryRequest request) override {
    model_.submit(by, {.request = std::move(request)});
    pass(kMoment);
  }

  std::vector<wire::Event> read(ShardId by, const ports::ReadTail& request) override {
    answers_.clear();
    model_.submit(by, {.id = ++id_, .request = request});
    pass(kMoment);
    if (answers_.size() != 1 || answers_.front().read.id != id_ || answers_.front().shard != by) {
      throw std::runtime_error("a read is answered once, to who asked");
    }
    return answers_.front().read.events;
  }

  void pass(Duration time) override {
    const Instant until = context_.now() + time;
    for (sim::Scheduled event; context_.wheel.next(until, event);) {
      if (event.what == sim::Happening::DirectoryDoes) {
        model_.does(event.a);
      } else if (auto reply = model_.done(event.a)) {
        answers_.push_back(std::move(*reply));
      }
    }
  }

  void flush() override { model_.flush(); }

 private:
  sim::Context context_;
  sim::DirectoryModel model_;
  std::vector<sim::DirectoryModel::Reply> answers_;
  std::uint64_t id_ = 0;
};

class RedisSubject final : public DirectorySubject {
 public:
  explicit RedisSubject(const ports::TailLimits& limits) {
    for (auto& node : nodes_) node = std::make_unique<DirectoryNode>(server_.config(limits));
  }

  void write(ShardId by, ports::DirectoryRequest request) override {
    node(by).submit(std::move(request));
    node(by).read({});  // what one node asks is done in its order
  }
  std::vector<wire::Event> read(ShardId by, const ports::ReadTail& request) override { return node(by).read(request); }

  /// What would live longer than that lives as much shorter.
  void pass(Duration time) override {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    server_.ask({"EVAL",
                 "for _, key in ipairs(redis.call('KEYS', '*')) do "
                 "local left = redis.call('PTTL', key) - ARGV[1] "
                 "if left > 0 then redis.call('PEXPIRE', key, left) else redis.call('DEL', key) end end return 1",
                 "0", std::to_string(ms)});
  }
  void flush() override { server_.ask({"FLUSHALL"}); }

 private:
  DirectoryNode& node(ShardId shard) { return *nodes_[shard.value / 2]; }

  RedisServer server_;
  std::array<std::unique_ptr<DirectoryNode>, 2> nodes_;
};

}  // namespace

std::unique_ptr<DirectorySubject> make_directory(DirectoryKind kind, const ports::TailLimits& limits) {
  switch (kind) {
    case DirectoryKind::Model:
      return std::make_unique<ModelSubject>(limits);
    case DirectoryKind::Redis:
      return std::make_unique<RedisSubject>(limits);
  }
  return nullptr;
}

std::string name_of(DirectoryKind kind) {
  switch (kind) {
    case DirectoryKind::Model:
      return "Model";
    case DirectoryKind::Redis:
      return "Redis";
  }
  return "?";
}

}  // namespace starling::contract
