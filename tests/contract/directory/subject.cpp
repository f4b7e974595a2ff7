#include "tests/contract/directory/subject.h"

#include <stdexcept>
#include <utility>

#include "loadsim/sim/directory_model.h"

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

}  // namespace

std::unique_ptr<DirectorySubject> make_directory(DirectoryKind kind, const ports::TailLimits& limits) {
  switch (kind) {
    case DirectoryKind::Model:
      return std::make_unique<ModelSubject>(limits);
  }
  return nullptr;
}

std::string name_of(DirectoryKind kind) {
  switch (kind) {
    case DirectoryKind::Model:
      return "Model";
  }
  return "?";
}

}  // namespace starling::contract
