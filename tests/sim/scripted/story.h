// The language of the scripted tests: people by name, one server, and faults as sentences. Everything else is calm: no
// chance decides, nobody acts unasked.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "loadsim/sim/rest.h"
#include "loadsim/sim/world.h"

namespace starling::sim {

class Story;

/// One person with one device.
class Person {
 public:
  Person(Story& story, Device& device) : story_(&story), device_(&device) {}

  void says(RoomId room, const std::string& text);
  void edits(RoomId room, const std::string& text, const std::string& to);
  void removes(RoomId room, const Person& other);
  void adds(RoomId room, const Person& other);
  void loses_the_application() { device_->crash(); }
  void dies_at(CrashStep step);
  void goes_offline_for(Duration span);
  void reads_nothing_for(Duration span);
  void reads_back(RoomId room) { device_->read_pages(room, Seq(), true); }

  /// The messages on the screen, in order.
  std::vector<std::string> sees(RoomId room) const;
  bool is_member(RoomId room) const;
  bool has_pending() const;
  UserId user() const { return device_->who().user; }
  Device& device() { return *device_; }

 private:
  Seq message(RoomId room, const std::string& text) const;

  Story* story_;
  Device* device_;
};

class Story {
 public:
  explicit Story(Options options = calm());
  static Options calm();

  Person& person(const std::string& name);
  /// The first of them owns it.
  RoomId room_of(std::initializer_list<Person*> people);
  void everybody_connects();

  void passes(Duration span) { world_.run_for(span); }
  void server_is_killed() { world_.node().kill(StoreModel::Death::Process); }
  void power_fails() { world_.node().kill(StoreModel::Death::Machine); }
  void server_starts() { world_.node().start(); }
  void server_restarts();
  void store_loses_every_reply_for(Duration span);
  void disk_is_full_for(Duration span);
  void rings_lose_everything_for(Duration span);

  /// True once nothing waits for anything, and the sweep has found every promise kept.
  ::testing::AssertionResult ends_well();
  std::vector<std::string> log_of(RoomId room) const;
  World& world() { return world_; }

 private:
  World world_;
  std::map<std::string, Person> people_;
  std::uint64_t rooms_ = 0;
};

}  // namespace starling::sim
