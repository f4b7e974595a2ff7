#include "tests/sim/scripted/story.h"

#include <algorithm>

namespace starling::sim {

// ---- people

void Person::says(RoomId room, const std::string& text) { device_->send(room, {.body = text}); }

Seq Person::message(RoomId room, const std::string& text) const {
  const auto& texts = device_->views().all().at(room).texts;
  const auto at = std::find_if(texts.begin(), texts.end(), [&](const auto& each) { return each.second == text; });
  return at == texts.end() ? Seq() : at->first;
}

void Person::edits(RoomId room, const std::string& text, const std::string& to) {
  device_->send(room, {.kind = wire::EventKind::Edit, .target = message(room, text), .body = to});
}

void Person::removes(RoomId room, const Person& other) {
  device_->send(room, {.kind = wire::EventKind::MemberRemove, .subject = other.user()});
}

void Person::adds(RoomId room, const Person& other) {
  device_->send(room, {.kind = wire::EventKind::MemberAdd, .subject = other.user(), .role = wire::Role::Member});
}

void Person::dies_at(CrashStep step) { device_->crash_at(step, story_->world().context().now() + 60s); }

void Person::goes_offline_for(Duration span) { device_->go_offline(story_->world().context().now() + span); }

void Person::reads_nothing_for(Duration span) {
  story_->world().network().slow_down(device_->who().index, 0, story_->world().context().now() + span);
}

std::vector<std::string> Person::sees(RoomId room) const {
  std::vector<std::string> lines;
  const auto at = device_->views().all().find(room);
  if (at == device_->views().all().end()) return lines;
  for (const auto& [seq, text] : at->second.texts) lines.push_back(text);
  return lines;
}

bool Person::is_member(RoomId room) const {
  const auto at = device_->views().all().find(room);
  return at != device_->views().all().end() && at->second.member;
}

bool Person::has_pending() const { return !device_->running() || !device_->session()->outbox().empty(); }

// ---- the story

Options Story::calm() {
  Options options;
  options.acting = false;
  options.keep_texts = true;
  options.lazy_removal_percent = 0;
  options.byte_links_percent = 50;
  return options;
}

Story::Story(Options options) : world_(std::move(options)) {}

Person& Story::person(const std::string& name) {
  const auto at = people_.find(name);
  if (at != people_.end()) return at->second;
  const UserId user(people_.size() + 1);
  return people_.try_emplace(name, *this, world_.add_device(user, DeviceId(user.value * 16))).first->second;
}

RoomId Story::room_of(std::initializer_list<Person*> people) {
  std::vector<UserId> members;
  for (const Person* each : people) members.push_back(each->user());
  const RoomId room(++rooms_);
  world_.database().seed_room(room, wire::RoomKind::Group, members, world_.node().wall());
  world_.store().replaced();
  return room;
}

void Story::everybody_connects() {
  for (const auto& device : world_.devices()) device->start();
  passes(3s);
}

void Story::server_restarts() {
  world_.node().kill(StoreModel::Death::Process);
  passes(200ms);
  world_.node().start();
}

void Story::store_loses_every_reply_for(Duration span) {
  world_.store().lose_replies(1000, world_.context().now() + span);
}

void Story::disk_is_full_for(Duration span) { world_.store().be_full(world_.context().now() + span); }

void Story::rings_lose_everything_for(Duration span) {
  world_.bus().drop_in_rings(1000, world_.context().now() + span);
}

::testing::AssertionResult Story::ends_well() {
  come_to_rest(world_, 30s);
  sweep(world_);
  if (!world_.broken()) return ::testing::AssertionSuccess();
  ::testing::AssertionResult failure = ::testing::AssertionFailure();
  for (const check::Violation& violation : world_.context().violations.kept()) failure << to_string(violation) << "\n";
  return failure;
}

std::vector<std::string> Story::log_of(RoomId room) const {
  std::vector<std::string> lines;
  for (const wire::Event& event : world_.database().find(room)->events()) {
    if (event.kind == wire::EventKind::Message) lines.push_back(event.body);
  }
  return lines;
}

}  // namespace starling::sim
