// What every target defines: one run on one input. Under clang libFuzzer calls it; elsewhere the replay does.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// Chooses the planted bug that STARLING_MUTANT names, where those are compiled in.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
