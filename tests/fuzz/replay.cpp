// A fuzz target without libFuzzer: every input of its corpus, then a fixed number of seeded mutations of them. An assert
// that fails ends it, as it ends the fuzzer.
//   fuzz_NAME [--mutations N] [--expect-abort] CORPUS
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "common/base/rng.h"
#include "tests/fuzz/entry.h"

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t kBytesMax = 4096;

std::vector<Bytes> read_corpus(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

void run(const Bytes& input) {
  const Bytes exact(input);  // no spare capacity behind it
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void mutate(Bytes& bytes, const std::vector<Bytes>& corpus, starling::Rng& rng) {
  constexpr std::uint8_t kEdges[] = {0, 1, 0x7D, 0x7E, 0x7F, 0x80, 0xFE, 0xFF};
  for (auto edits = 1 + rng.below(4); edits > 0; --edits) {
    const auto at = static_cast<std::ptrdiff_t>(rng.below(bytes.size() + 1));
    switch (rng.below(6)) {
      case 0:
        if (at < std::ssize(bytes)) bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1 << rng.below(8));
        break;
      case 1:
        if (at < std::ssize(bytes)) bytes[static_cast<std::size_t>(at)] = kEdges[rng.below(std::size(kEdges))];
        break;
      case 2:
        bytes.insert(bytes.begin() + at, 1 + rng.below(8), static_cast<std::uint8_t>(rng.next()));
        break;
      case 3: {
        const auto size =
            std::min<std::ptrdiff_t>(1 + static_cast<std::ptrdiff_t>(rng.below(8)), std::ssize(bytes) - at);
        bytes.erase(bytes.begin() + at, bytes.begin() + at + size);
        break;
      }
      default: {
        const Bytes& other = corpus[rng.below(corpus.size())];
        const auto from = static_cast<std::ptrdiff_t>(rng.below(other.size() + 1));
        bytes.resize(static_cast<std::size_t>(at));
        bytes.insert(bytes.end(), other.begin() + from, other.end());
      }
    }
  }
  bytes.resize(std::min(bytes.size(), kBytesMax));
}

void replay(const std::vector<Bytes>& corpus, std::uint64_t mutations) {
  for (const Bytes& input : corpus) run(input);
  for (std::uint64_t seed = 1; seed <= mutations; ++seed) {
    starling::Rng rng(seed);
    Bytes bytes = corpus[rng.below(corpus.size())];
    mutate(bytes, corpus, rng);
    run(bytes);
  }
}

/// In a child, since what is expected is its end.
bool aborts(const std::vector<Bytes>& corpus, std::uint64_t mutations) {
  const pid_t child = fork();
  if (child == 0) {
    replay(corpus, mutations);
    _exit(0);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t mutations = 0;
  bool expect_abort = false;
  const char* folder = nullptr;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--mutations" && i + 1 < argc) {
      mutations = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument == "--expect-abort") {
      expect_abort = true;
    } else {
      folder = argv[i];
    }
  }
  if (folder == nullptr) {
    std::fprintf(stderr, "usage: %s [--mutations N] [--expect-abort] CORPUS\n", argv[0]);
    return 2;
  }
  LLVMFuzzerInitialize(&argc, &argv);
  const auto corpus = read_corpus(folder);
  if (corpus.empty()) {
    std::fprintf(stderr, "there is no input in %s\n", folder);
    return 1;
  }
  if (expect_abort && !aborts(corpus, mutations)) {
    std::fprintf(stderr, "%zu inputs and %llu mutations found nothing\n", corpus.size(),
                 static_cast<unsigned long long>(mutations));
    return 1;
  }
  if (!expect_abort) replay(corpus, mutations);
  std::printf("%zu inputs, %llu mutations%s\n", corpus.size(), static_cast<unsigned long long>(mutations),
              expect_abort ? ": found" : "");
  return 0;
}
