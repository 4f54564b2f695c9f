// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: every file of the given files and folders, then a fixed
// number of seeded mutations of them. The same run every time; the targets cannot rot.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using input = std::vector<std::uint8_t>;

void load(const std::filesystem::path& path, std::vector<input>& into) {
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      load(entry.path(), into);
    }
    return;
  }
  std::ifstream file(path, std::ios::binary);
  into.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void mutate(input& bytes, std::mt19937_64& random) {
  const auto edits = 1 + random() % 8;
  for (std::uint64_t i = 0; i < edits; ++i) {
    const std::size_t at = bytes.empty() ? 0 : random() % bytes.size();
    switch (random() % 4) {
      case 0:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     static_cast<std::uint8_t>(random()));
        break;
      case 1:
        if (!bytes.empty()) {
          bytes[at] ^= static_cast<std::uint8_t>(1u << (random() % 8));
        }
        break;
      case 2:
        if (!bytes.empty()) {
          bytes[at] = static_cast<std::uint8_t>(random());
        }
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<input> inputs;
  inputs.emplace_back();
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::exists(argv[i])) {
      load(argv[i], inputs);
    }
  }
  std::mt19937_64 random(7060);
  const std::size_t seeds = inputs.size();
  constexpr std::size_t runs = 20000;
  for (const input& bytes : inputs) {
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  for (std::size_t i = 0; i < runs; ++i) {
    input bytes = inputs[random() % seeds];
    mutate(bytes, random);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%zu inputs and %zu mutations\n", seeds, runs);
  return EXIT_SUCCESS;
}
