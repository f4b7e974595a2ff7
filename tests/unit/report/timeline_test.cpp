#include "loadsim/report/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "loadsim/report/time_fold.h"

namespace starling::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr double kLetter = 6.3;

struct Svg {
  double width = 0;
  double height = 0;
  std::string body;
};

std::vector<Svg> svgs_of(const std::string& page) {
  std::vector<Svg> found;
  static const std::regex head(R"re(^<svg viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>)re");
  for (std::size_t at = page.find("<svg "); at != std::string::npos; at = page.find("<svg ", at + 1)) {
    const std::size_t begins = page.find('>', at) + 1;  // not the regex's: it recurses once a character
    const std::string tag = page.substr(at, begins - at);
    std::smatch m;
    if (!std::regex_search(tag, m, head)) continue;
    found.push_back({std::stod(m[1]), std::stod(m[2]), page.substr(begins, page.find("</svg>", at) - begins)});
  }
  return found;
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

/// Everything that stands at a place: circles, boxes, and texts with as much room as their letters take.
void expect_inside(const Svg& svg) {
  const auto inside = [&](double x, double y, const std::string& what) {
    EXPECT_GE(x, 0) << what;
    EXPECT_LE(x, svg.width) << what;
    EXPECT_GE(y, 0) << what;
    EXPECT_LE(y, svg.height) << what;
  };
  const auto each = [&](const char* pattern, auto&& f) {
    const std::regex form(pattern);
    for (std::sregex_iterator at(svg.body.begin(), svg.body.end(), form), end; at != end; ++at) f(*at);
  };
  each(R"re(<circle cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)")re", [&](const std::smatch& m) {
    const double r = std::stod(m[3]);
    inside(std::stod(m[1]) - r, std::stod(m[2]) - r, m.str());
    inside(std::stod(m[1]) + r, std::stod(m[2]) + r, m.str());
  });
  each(R"re(<rect class="\w+" x="([-\d.]+)" y="([-\d.]+)" width="([-\d.]+)" height="([-\d.]+)")re",
       [&](const std::smatch& m) {
         inside(std::stod(m[1]), std::stod(m[2]), m.str());
         inside(std::stod(m[1]) + std::stod(m[3]), std::stod(m[2]) + std::stod(m[4]), m.str());
       });
  each(R"re(<text(?: class="\w+")? x="([-\d.]+)" y="([-\d.]+)"(?: text-anchor="(\w+)")?>([^<]*)<)re",
       [&](const std::smatch& m) {
         const double width = kLetter * static_cast<double>(m[4].length());
         const double part = m[3] == "end" ? 1 : m[3] == "middle" ? 0.5 : 0;
         inside(std::stod(m[1]) - part * width, std::stod(m[2]), m.str());
         inside(std::stod(m[1]) + (1 - part) * width - 16, std::stod(m[2]), m.str());
       });
}

/// `devices` devices; one message is sent, committed and shown to all, and acknowledged, in the run's last second.
Timeline small(std::size_t devices) {
  Timeline t{.title = "Seed <7>", .messages = {"#3 of room 1"}};
  for (std::size_t i = 0; i < devices; ++i) t.lanes.push_back({.name = "device " + std::to_string(i)});
  t.lanes.push_back({.name = "shard 0", .begins_group = true});
  t.lanes.push_back({.name = "store", .begins_group = true});
  const auto add = [&](double at, std::size_t lane, std::string label, std::optional<std::size_t> after) {
    t.steps.push_back({.at_ms = at, .lane = lane, .label = label, .about = "#3 " + label, .after = after});
  };
  add(59'000, 0, "sent", std::nullopt);
  add(59'040, devices, "arrives", 0);
  add(59'041, devices + 1, "committed", 1);
  add(59'041, devices, "answered", 2);
  for (std::size_t i = 0; i < devices; ++i) add(59'050 + static_cast<double>(i), i, "shown", 2);
  t.views = {{.from_ms = 500, .to_ms = 4'000, .text = "view 1: n1"}, {4'000, 59'999, "view 2: n1 n2"}};
  t.faults = {{.from_ms = 3'000, .to_ms = 9'000, .text = "cut 30% 6s"}, {59'045, 59'999, "store.slow 400ms 1s"}};
  t.downs = {{.lane = 1, .span = {58'000, 59'044, "not connected"}}};
  t.end = {.at_ms = 60'000,
           .promise = "all are shown all",
           .violation =
               "G7 room 1 seq 3 user 2 device 32: a text so long that it takes more than one line, and that "
               "goes on and on <until> it has taken three of them, which is more than is usual in a run",
           .lane = 1};
  return t;
}

TEST(TimeFold, KeepsTheOrderAndLeavesRoomForMillisecondsBesideMinutes) {
  const TimeFold fold({0, 60'000, 5, 5}, 100, 200);
  EXPECT_THAT(fold.moments(), ElementsAre(0, 5, 60'000));
  EXPECT_EQ(fold.at(0), 100);
  EXPECT_EQ(fold.at(60'000), 200);
  EXPECT_GT(fold.at(5), 110);
  EXPECT_GT(fold.at(3), fold.at(2));
  EXPECT_EQ(fold.at(-1), 100);
  EXPECT_EQ(fold.at(70'000), 200);
}

TEST(TimeFold, OneMomentHasAPlace) { EXPECT_EQ(TimeFold({7}, 100, 200).at(7), 100); }

class TimelinePage : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Devices, TimelinePage, testing::Values(2, 13, 60));

TEST_P(TimelinePage, EachStepIsThereOnceAndInsideItsPicture) {
  const Timeline t = small(GetParam());
  const auto svgs = svgs_of(html(t));
  ASSERT_EQ(svgs.size(), 2u);
  for (const Svg& svg : svgs) expect_inside(svg);
  EXPECT_EQ(count(svgs[1].body, "<circle "), t.steps.size());
  EXPECT_EQ(count(svgs[1].body, R"(class="way m0")"), t.steps.size() - 1);
  EXPECT_EQ(count(svgs[1].body, "<title>59.040 s, shard 0: #3 arrives</title>"), 1u);
  for (const Timeline::Lane& lane : t.lanes) EXPECT_EQ(count(svgs[1].body, ">" + lane.name + "</text>"), 1u);
}

TEST(TimelinePage, NoTwoMarksCoverEachOther) {
  Timeline t = small(2);
  for (int i = 0; i < 20; ++i) t.steps.push_back({.at_ms = 59'060, .lane = 1, .label = "shown", .about = "again"});
  const Svg svg = svgs_of(html(t))[1];
  expect_inside(svg);
  std::vector<std::pair<double, double>> marks;
  static const std::regex circle(R"re(<circle cx="([\d.]+)" cy="([\d.]+)")re");
  for (std::sregex_iterator at(svg.body.begin(), svg.body.end(), circle), end; at != end; ++at) {
    marks.emplace_back(std::stod((*at)[1]), std::stod((*at)[2]));
  }
  ASSERT_EQ(marks.size(), t.steps.size());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const bool apart =
          std::abs(marks[i].first - marks[k].first) >= 9 || std::abs(marks[i].second - marks[k].second) >= 9;
      EXPECT_TRUE(apart) << i << " and " << k;
    }
  }
}

TEST(TimelinePage, TheViolationStandsWhereItWasFound) {
  const std::string page = html(small(3));
  const Svg detail = svgs_of(page)[1];
  EXPECT_GE(count(detail.body, R"(class="endtext")"), 3u);
  EXPECT_EQ(count(detail.body, R"(class="endlane")"), 1u);
  EXPECT_THAT(detail.body, HasSubstr("&lt;until&gt;"));
  EXPECT_THAT(page, HasSubstr("Broken: all are shown all"));
  Timeline kept = small(3);
  kept.end = {.at_ms = 60'000};
  const std::string good = html(kept);
  EXPECT_THAT(good, HasSubstr("Every promise is kept"));
  EXPECT_EQ(count(svgs_of(good)[1].body, R"(class="endtext")"), 0u);
}

TEST(TimelinePage, ViewsAndFaultsAreInTheWholeRunAndBesideWhatTheyMeet) {
  const auto svgs = svgs_of(html(small(2)));
  EXPECT_EQ(count(svgs[0].body, R"(class="view")"), 2u);
  EXPECT_EQ(count(svgs[1].body, R"(class="view")"), 1u);
  EXPECT_EQ(count(svgs[0].body, R"(class="fault")"), 2u);
  EXPECT_EQ(count(svgs[1].body, R"(class="fault")"), 1u);
  EXPECT_EQ(count(svgs[1].body, R"(class="down")"), 1u);
}

TEST(TimelinePage, AFaultFromEndToEndHasItsTextOnIt) {
  Timeline t = small(2);
  t.faults = {{.from_ms = 0, .to_ms = 60'000, .text = "client.slow 40% 349B/s 60s"}};
  const Svg detail = svgs_of(html(t))[1];
  expect_inside(detail);
  std::smatch text;
  ASSERT_TRUE(std::regex_search(detail.body, text, std::regex(R"re(class="faulttext" x="([\d.]+)")re")));
  EXPECT_GT(std::stod(text[1]), 168);  // not among the lanes' names
}

TEST(TimelinePage, IsAloneAndWithoutScripts) {
  const std::string page = html(small(2));
  EXPECT_THAT(page, HasSubstr("<title>Seed &lt;7&gt;</title>"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("http")));
}

TEST(TimelinePage, ARunWithoutMessagesHasAPageToo) {
  const auto svgs = svgs_of(html({.title = "Seed 1", .lanes = {{.name = "store"}}, .end = {.at_ms = 5}}));
  ASSERT_EQ(svgs.size(), 2u);
  for (const Svg& svg : svgs) expect_inside(svg);
}

}  // namespace
}  // namespace starling::report
