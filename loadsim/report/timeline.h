// What happened in a run as one HTML page that needs nothing else: lanes for devices, shards and the store, time rightwards,
// and the way of the messages that went wrong. No script, light and dark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace starling::report {

struct Timeline {
  struct Lane {
    std::string name;
    std::string about;          // shown on hovering
    bool begins_group = false;  // a rule above it
  };
  /// Something that lasts: a fault, or the time that a lane is down.
  struct Span {
    double from_ms = 0;
    double to_ms = 0;
    std::string text;
  };
  struct Down {
    std::size_t lane = 0;
    Span span;
  };
  enum class Tone : std::uint8_t { Plain, Lost, Bad };
  struct Step {
    double at_ms = 0;
    std::size_t lane = 0;
    std::size_t message = 0;  // of `messages`
    Tone tone = Tone::Plain;
    std::string label;  // beside the mark; may be empty
    std::string about;
    std::optional<std::size_t> after;  // the step that led to it; its time is not later
  };
  struct End {
    double at_ms = 0;
    std::string promise;    // that was broken, in words
    std::string violation;  // empty: every promise was kept
    std::optional<std::size_t> lane;
  };

  std::string title;
  std::vector<std::string> messages;  // at most kMessagesMax, by colour
  std::vector<Lane> lanes;
  std::vector<Span> views;  // each until the next
  std::vector<Span> faults;
  std::vector<Down> downs;
  std::vector<Step> steps;  // by time
  End end;
  std::string note;      // what was left out
  std::string schedule;  // of the run, as text

  static constexpr std::size_t kMessagesMax = 6;
};

std::string html(const Timeline& timeline);

}  // namespace starling::report
