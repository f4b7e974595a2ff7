// Programs that carry faults out: what they say, how they end, and what becomes of those that do not.
#include "loadsim/load/injector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "loadsim/load/clock.h"

namespace starling::load {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int exited(int code) { return code << 8; }  // as waitpid has it

TEST(Injected, TheLastLineSaysHowOftenAndOfWhat) {
  const Injected done = injected(7, "n1: rule added\n212 packets dropped\n\n", exited(0));
  EXPECT_EQ(7u, done.fault);
  EXPECT_EQ(212u, done.effect);
  EXPECT_EQ("packets dropped", done.note);
  EXPECT_EQ(3u, injected(0, "3", exited(0)).effect);
}

TEST(Injected, WhatSaysNoNumberOrFailsWasInVain) {
  for (const char* output : {"", "done\n", "-4 packets\n"}) {
    const Injected done = injected(0, output, exited(0));
    EXPECT_EQ(0u, done.effect) << output;
    EXPECT_THAT(done.note, HasSubstr("no number")) << output;
  }
  const Injected failed = injected(0, "12 packets\npg2 does not run\n", exited(1));
  EXPECT_EQ(0u, failed.effect);
  EXPECT_EQ("pg2 does not run", failed.note);
  EXPECT_THAT(injected(0, "", exited(3)).note, HasSubstr("ended with 3"));
  EXPECT_THAT(injected(0, "12 packets\n", SIGKILL).note, HasSubstr("signal 9"));
  EXPECT_EQ(0u, injected(0, "12 packets\n", SIGKILL).effect);
}

class InjectorTest : public testing::Test {
 protected:
  InjectorTest() {
    std::string path = std::filesystem::temp_directory_path() / "starling-injector-XXXXXX";
    scratch_ = ::mkdtemp(path.data());
  }
  ~InjectorTest() override { std::filesystem::remove_all(scratch_); }

  /// The shell is told the fault as its $0.
  Injector of(const std::string& script) { return {{"sh", "-c", script}, scratch_}; }
  static std::vector<Injected> all(Injector& injector) {
    std::vector<Injected> found;
    for (const Instant until = now_on_machine() + 20s; !injector.is_idle() && now_on_machine() < until;) {
      for (Injected& each : injector.ended(now_on_machine())) found.push_back(std::move(each));
      std::this_thread::yield();
    }
    return found;
  }

  std::filesystem::path scratch_;
};

TEST_F(InjectorTest, ItIsGivenTheFaultAsOneWord) {
  Injector injector = of("echo note; echo \"5 of $0\"");
  injector.start(2, "bus.cut n1>n2 6s", now_on_machine() + 20s);
  const auto done = all(injector);
  ASSERT_EQ(1u, done.size());
  EXPECT_EQ(2u, done[0].fault);
  EXPECT_EQ(5u, done[0].effect);
  EXPECT_EQ("of bus.cut n1>n2 6s", done[0].note);
}

TEST_F(InjectorTest, SeveralGoOnAtOnceAndWhatLastsIsCutShort) {
  // A shell hears of the signal when its child has ended.
  Injector injector = of("trap 'echo 1 undone; exit 0' TERM; echo up >&2; while :; do sleep 0.05; done");
  injector.start(0, "pause n1 1h", now_on_machine() + 1h);
  injector.start(1, "pause n2 1h", now_on_machine() + 1h);
  for (int i = 1; i <= 2; ++i) {
    const auto output = scratch_ / ("injected." + std::to_string(i));
    while (!std::filesystem::exists(output) || std::filesystem::is_empty(output)) std::this_thread::yield();
  }
  EXPECT_TRUE(injector.ended(now_on_machine()).empty());
  injector.cut_short();
  const auto done = all(injector);
  ASSERT_EQ(2u, done.size());
  for (const Injected& each : done) EXPECT_EQ("undone", each.note);
}

TEST_F(InjectorTest, WhatFollowsAnotherBeginsWhenThatIsOver) {
  Injector injector = of("[ \"$0\" = 'restart n1' ] || sleep 0.3; date '+1 %s%N'");
  injector.start(4, "kill n1", now_on_machine() + 20s);
  injector.start(5, "restart n1", now_on_machine() + 20s, 4);
  injector.start(6, "kill n2", now_on_machine() + 20s, 3);  // which is over
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "injected.3"));
  auto done = all(injector);
  ASSERT_EQ(3u, done.size());
  std::ranges::sort(done, {}, &Injected::fault);
  EXPECT_LT(std::stoll(done[0].note), std::stoll(done[1].note));
}

TEST_F(InjectorTest, WhoIsNotDoneInTimeIsEnded) {
  Injector injector = of("exec sleep 1000");
  injector.start(0, "drain n1", now_on_machine());
  const auto done = all(injector);
  ASSERT_EQ(1u, done.size());
  EXPECT_EQ(0u, done[0].effect);
  EXPECT_THAT(done[0].note, HasSubstr("not done in time"));
}

TEST_F(InjectorTest, AProgramThatIsNotThereIsAFaultInVain) {
  Injector injector({"/nowhere/injector"}, scratch_);
  injector.start(0, "kill n1", now_on_machine() + 20s);
  const auto done = all(injector);
  ASSERT_EQ(1u, done.size());
  EXPECT_EQ(0u, done[0].effect);
  EXPECT_THAT(done[0].note, HasSubstr("127"));
}

}  // namespace
}  // namespace starling::load
