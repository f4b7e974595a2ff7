#include "tests/bench/search/words.h"

#include <algorithm>
#include <set>

namespace starling::bench {
namespace {

constexpr std::size_t kWords = 30'000;

struct Alphabet {
  std::string_view common;  // real words, the most frequent first
  std::string_view onsets;  // of made syllables; a repeated one is more frequent
  std::string_view vowels;
  std::string_view codas;  // "-": none
  std::string_view gap;
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Alphabet alphabet_of(Script script) {
  switch (script) {
    case Script::Latin:
      return {
          "the to and of a in is it you that for on with this be have are not we but at was as they from can will if "
          "or what there all just so one about up out when your would like get time how now which know good some "
          "see could them other than then look only come think also back after use two our work first well way even "
          "new want because any these give day most please meeting tomorrow today thanks release server message",
          "t s r n l c d p m b f g h v w st tr pr ch sh th br cl t s r n l", "a e i o u e a i e o ou ea io",
          "- - - - n r s t l d m nd st ng ck", " "};
    case Script::Cyrillic:
      return {
          "и в не на я что он с а как это то по но все она так его за ты у же вы от бы мы для вот меня еще нет о из "
          "ему "
          "теперь когда даже ну если уже или быть был него до вас нибудь опять уж вам сказал ведь там потом себя "
          "сегодня завтра спасибо хорошо сообщение сервер работа время можно нужно привет пожалуйста",
          "т с р н л к д п м б в г з ж ч ш ст пр т с р н л к", "о е а и у я о е а и ю", "- - - - н р с т л й м в к ль",
          " "};
    case Script::Chinese:
      return {
          "的 是 我 不 了 在 有 我们 你 他 这 个 们 就 说 要 也 好 今天 明天 会议 消息 服务 可以 什么 没有 知道 时间 "
          "现在 "
          "工作 谢谢 问题 一个 大家 已经 需要 因为 所以 怎么 觉得 开始 发布 版本 测试 用户 你好 请问 公司 朋友 电话",
          "", "", "", ""};
    case Script::Arabic:
      return {
          "في من على ان الى هذا ما لا مع عن كان هو التي كل بعد هل قد انا نحن اليوم غدا شكرا مرحبا رسالة خادم عمل وقت "
          "جديد الان اذا كيف لكن ايضا بين حتى عند الذي هذه هي لم يكن او ثم",
          "ا ل م ي ن ر ت ب ع د س ك ق ح ف ج ش ص ط ا ل م ي ن ال", "ا ي و - - -", "- - - ر ن م ة ل د", " "};
  }
  return {};
}

/// Of Han: some characters are in most words, most in few.
std::string made_of_han(Rng& rng) {
  std::string word;
  for (std::uint64_t left = 1 + (rng.below(10) < 9 ? 1 : 0) + rng.below(10) / 8; left > 0; --left) {
    const std::uint64_t rank = std::min({rng.below(4000), rng.below(4000), rng.below(4000)});
    const auto c = static_cast<std::uint32_t>(0x4E00 + mix64(rank) % 8000);
    word += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
             static_cast<char>(0x80 | (c & 0x3F))};
  }
  return word;
}

}  // namespace

Words::Words(Script script) : gap_(alphabet_of(script).gap) {
  const Alphabet alphabet = alphabet_of(script);
  const auto onsets = split(alphabet.onsets);
  const auto vowels = split(alphabet.vowels);
  const auto codas = split(alphabet.codas);
  Rng rng(mix64(static_cast<std::uint64_t>(script)));
  words_ = split(alphabet.common);
  std::set<std::string> known(words_.begin(), words_.end());
  const auto pick = [&rng](const std::vector<std::string>& from) {
    const std::string& part = from[rng.below(from.size())];
    return part == "-" ? std::string() : part;
  };
  while (words_.size() < kWords) {
    std::string word;
    if (script == Script::Chinese) {
      word = made_of_han(rng);
    } else {
      for (std::uint64_t left = 1 + rng.below(4); left > 0; --left) word += pick(onsets) + pick(vowels) + pick(codas);
    }
    if (known.insert(word).second) words_.push_back(word);
  }
  std::uint64_t sum = 0;
  for (std::size_t rank = 0; rank < words_.size(); ++rank) {
    sum += 1'000'000'000 / (rank + 3);
    upto_.push_back(sum);
  }
}

const std::string& Words::draw(Rng& rng) const {
  const auto at = std::upper_bound(upto_.begin(), upto_.end(), rng.below(upto_.back()));
  return words_[static_cast<std::size_t>(at - upto_.begin())];
}

}  // namespace starling::bench
