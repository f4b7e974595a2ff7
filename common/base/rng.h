// Randomness is a value. `Rng` is a sequential stream; `draw` is counter-based: one draw never shifts another, so a
// fault schedule can lose a line and every other choice stays as it was.
#pragma once

#include <cstdint>

namespace starling {

/// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection on 64 bits.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

/// The n-th draw of (seed, stream, entity), uniform over 64 bits.
constexpr std::uint64_t draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t entity, std::uint64_t n) {
  return mix64(mix64(mix64(mix64(seed) ^ stream) ^ entity) ^ n);
}

/// `x` scaled to [0, n) by its high bits; n > 0. Bias below n / 2^64.
constexpr std::uint64_t scale(std::uint64_t x, std::uint64_t n) {
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(x) * n) >> 64);
}

class Rng {
 public:
  constexpr explicit Rng(std::uint64_t seed) : state_(seed) {}
  constexpr std::uint64_t next() { return mix64(state_++); }
  /// Uniform in [0, n); n > 0.
  constexpr std::uint64_t below(std::uint64_t n) { return scale(next(), n); }
  /// True with probability numerator / denominator.
  constexpr bool chance(std::uint64_t numerator, std::uint64_t denominator) { return below(denominator) < numerator; }
  /// An independent stream.
  constexpr Rng child(std::uint64_t stream) const { return Rng(mix64(state_) ^ mix64(stream)); }

 private:
  std::uint64_t state_;
};

}  // namespace starling
