// SPDX-License-Identifier: Apache-2.0
#include "store/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>

#include "store/file.hpp"
#include "store/meta.hpp"
#include "store/parallel.hpp"

namespace repute::store {
namespace {

constexpr std::size_t parts_max = 1024;
constexpr std::string_view first_line = "repute manifest 1";

// Takes lines of `word value...` off a text; one sticky problem.
class line_reader {
 public:
  explicit line_reader(std::string_view text) : rest_(text) {}

  // The rest of the next line if it begins with `word` and a space.
  bool next(std::string_view word, std::string_view& value) {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos || !rest_.starts_with(word) || word.size() >= end ||
        rest_[word.size()] != ' ') {
      return false;
    }
    value = rest_.substr(word.size() + 1, end - word.size() - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }
  bool exactly(std::string_view line) {
    if (!rest_.starts_with(line) || rest_.size() <= line.size() || rest_[line.size()] != '\n') {
      return false;
    }
    rest_.remove_prefix(line.size() + 1);
    return true;
  }
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

 private:
  std::string_view rest_;
};

template <class T>
bool parse_number(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse_part(std::string_view text, manifest_part& out) {
  const std::size_t first = text.find(' ');
  const std::size_t second = text.find(' ', first == std::string_view::npos ? first : first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) {
    return false;
  }
  out.name = text.substr(0, first);
  return parse_number(text.substr(first + 1, second - first - 1), out.page) &&
         parse_number(text.substr(second + 1), out.bytes);
}

// True if the last part lies inside the file and behind the part before it.
bool last_part_fits(const manifest& of) {
  const manifest_part& part = of.parts.back();
  if (part.page >= of.file_bytes / of.page_bytes || part.bytes > part_size_max ||
      file_offset(of, part) + part.bytes > of.file_bytes) {
    return false;
  }
  const std::size_t count = of.parts.size();
  return count == 1 || part.page * of.page_bytes >=
                           file_offset(of, of.parts[count - 2]) + of.parts[count - 2].bytes;
}

}  // namespace

std::string encode_manifest(const manifest& from) {
  std::string text = fmt::format("{}\ngeneration {}\nfile_bytes {}\npage_bytes {}\n", first_line,
                                 from.generation, from.file_bytes, from.page_bytes);
  for (const manifest_part& part : from.parts) {
    text += fmt::format("part {} {} {}\n", part.name, part.page, part.bytes);
  }
  for (const seal::sha256_digest& digest : from.chunks) {
    text += fmt::format("chunk {}\n", seal::to_hex(digest));
  }
  text += "end " + seal::to_hex(seal::sha256(seal::bytes_of(text))) + "\n";
  return text;
}

std::optional<manifest> decode_manifest(std::string_view text, std::string& problem) {
  line_reader lines(text);
  manifest out;
  std::string_view value;
  if (!lines.exactly(first_line)) {
    problem = "not a manifest of this version";
    return std::nullopt;
  }
  if (!lines.next("generation", value) || !parse_number(value, out.generation) ||
      !lines.next("file_bytes", value) || !parse_number(value, out.file_bytes) ||
      !lines.next("page_bytes", value) || !parse_number(value, out.page_bytes) ||
      out.generation == 0 || out.file_bytes > snapshot_file_bytes_max || out.page_bytes < 4096 ||
      out.page_bytes > 65536) {
    problem = "its head is broken";
    return std::nullopt;
  }
  while (lines.next("part", value)) {
    if (out.parts.size() == parts_max || !parse_part(value, out.parts.emplace_back()) ||
        !last_part_fits(out)) {
      problem = "a part line is broken";
      return std::nullopt;
    }
  }
  while (lines.next("chunk", value)) {
    if (out.chunks.size() * chunk_size >= out.file_bytes ||
        !seal::from_hex(value, out.chunks.emplace_back())) {
      problem = "a chunk line is broken";
      return std::nullopt;
    }
  }
  if (!lines.next("end", value) || !lines.empty() || encode_manifest(out) != text) {
    problem = "cut short or changed";
    return std::nullopt;
  }
  if (out.chunks.size() != (out.file_bytes + chunk_size - 1) / chunk_size) {
    problem = "chunks are missing";
    return std::nullopt;
  }
  return out;
}

result<manifest> read_manifest(const std::filesystem::path& path) {
  const auto text = read_small_file(path, manifest_bytes_max);
  if (!text) {
    return text.error();
  }
  std::string problem;
  auto decoded = decode_manifest(*text, problem);
  if (!decoded) {
    return failure{store_error::corrupt, fmt::format("{}: {}", path.string(), problem)};
  }
  return std::move(*decoded);
}

std::uint64_t file_offset(const manifest& from, const manifest_part& part) noexcept {
  return part.page * from.page_bytes + lmdb_page_header;
}

std::string part_at(const manifest& from, std::uint64_t offset) {
  for (const manifest_part& part : from.parts) {
    const std::uint64_t begin = part.page * from.page_bytes;
    if (offset >= begin && offset < begin + lmdb_page_header + part.bytes) {
      return part.name;
    }
  }
  return "records and tree";
}

static result<void> for_each_chunk(const std::filesystem::path& path, std::uint64_t file_bytes,
                                   const descriptor& file, const chunk_visitor& visit) {
  std::vector<std::uint8_t> buffer(chunk_size);
  for (std::uint64_t offset = 0; offset < file_bytes; offset += chunk_size) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk_size, file_bytes - offset));
    const byte_span chunk(buffer.data(), count);
    if (const auto read = read_exactly(file, offset, chunk, path); !read) {
      return read;
    }
    visit(offset, chunk);
  }
  return {};
}

result<void> verify_file(const std::filesystem::path& path, const manifest& expected,
                         const chunk_visitor& visit) {
  const auto file = open_for_reading(path);
  if (!file) {
    return file.error();
  }
  const auto size = size_of(*file, path);
  if (!size) {
    return size.error();
  }
  if (*size != expected.file_bytes) {
    return failure{store_error::corrupt, fmt::format("{}: {} bytes, its manifest says {}",
                                                     path.string(), *size, expected.file_bytes)};
  }
  std::optional<std::uint64_t> wrong;
  const auto read =
      for_each_chunk(path, expected.file_bytes, *file, [&](std::uint64_t offset, byte_view bytes) {
        visit(offset, bytes);
        if (!wrong && seal::sha256(bytes) != expected.chunks[offset / chunk_size]) {
          wrong = offset;
        }
      });
  if (!read) {
    return read;
  }
  if (wrong) {
    return damage_failure(path, expected, *wrong);
  }
  return {};
}

result<void> digest_file(const std::filesystem::path& path, manifest& into, unsigned threads) {
  const auto file = open_for_reading(path);
  if (!file) {
    return file.error();
  }
  const auto size = size_of(*file, path);
  if (!size) {
    return size.error();
  }
  into.file_bytes = *size;
  into.chunks.assign((*size + chunk_size - 1) / chunk_size, {});
  std::mutex mutex;
  result<void> outcome;
  parallel_for(threads, into.chunks.size(), [&](std::size_t i) {
    thread_local std::vector<std::uint8_t> buffer(chunk_size);
    const std::uint64_t offset = i * chunk_size;
    const byte_span chunk(buffer.data(), std::min<std::uint64_t>(chunk_size, *size - offset));
    if (const auto read = read_exactly(*file, offset, chunk, path); !read) {
      const std::lock_guard lock(mutex);
      outcome = read;
      return;
    }
    into.chunks[i] = seal::sha256(chunk);
  });
  return outcome;
}

}  // namespace repute::store
