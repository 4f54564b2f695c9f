// SPDX-License-Identifier: Apache-2.0
#include "store/zstd_stream.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <vector>

namespace repute::store {
namespace {

constexpr int level = 3;
constexpr int window_log_max = 23;  // 8 MiB
constexpr std::size_t buffer_size = std::size_t{1} << 18;

struct free_stream {
  void operator()(ZSTD_CCtx* stream) const noexcept { ZSTD_freeCCtx(stream); }
  void operator()(ZSTD_DCtx* stream) const noexcept { ZSTD_freeDCtx(stream); }
};

// For calls that fail only without memory or when misused.
void require(std::size_t code) {
  if (ZSTD_isError(code) != 0) {
    throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(code));
  }
}

}  // namespace

struct zstd_writer::state {
  partial_file& to;
  std::unique_ptr<ZSTD_CCtx, free_stream> stream{ZSTD_createCCtx()};
  std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(buffer_size);

  result<void> feed(byte_view bytes, ZSTD_EndDirective how) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (;;) {
      ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
      const std::size_t left = ZSTD_compressStream2(stream.get(), &out, &in, how);
      require(left);
      if (const auto done = to.write(byte_view(buffer).first(out.pos)); !done) {
        return done;
      }
      if (how == ZSTD_e_end ? left == 0 : in.pos == in.size) {
        return {};
      }
    }
  }
};

zstd_writer::zstd_writer(partial_file& to, std::uint64_t total)
    : state_(std::make_unique<state>(state{.to = to})) {
  if (!state_->stream) {
    throw std::bad_alloc();
  }
  require(ZSTD_CCtx_setParameter(state_->stream.get(), ZSTD_c_compressionLevel, level));
  require(ZSTD_CCtx_setParameter(state_->stream.get(), ZSTD_c_checksumFlag, 1));
  require(ZSTD_CCtx_setPledgedSrcSize(state_->stream.get(), total));
}
zstd_writer::~zstd_writer() = default;

result<void> zstd_writer::write(byte_view bytes) {
  return state_->feed(bytes, ZSTD_e_continue);
}

result<void> zstd_writer::finish() {
  return state_->feed({}, ZSTD_e_end);
}

struct zstd_reader::state {
  std::filesystem::path path;
  descriptor file;
  std::uint64_t size = 0;      // of the file
  std::uint64_t position = 0;  // in the file, of what is to be read next
  std::unique_ptr<ZSTD_DCtx, free_stream> stream{ZSTD_createDCtx()};
  std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(buffer_size);
  ZSTD_inBuffer in{buffer.data(), 0, 0};
  bool ended = false;

  [[nodiscard]] failure corrupt(std::string_view what) const {
    return {store_error::corrupt, fmt::format("{}: {}", path.string(), what)};
  }

  result<void> refill() {
    if (in.pos < in.size) {
      return {};
    }
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - position));
    if (const auto got = read_exactly(file, position, byte_span(buffer).first(count), path); !got) {
      return got;
    }
    position += count;
    in = {buffer.data(), count, 0};
    return {};
  }

  // Decompresses until `out` is full or the frame ends.
  result<void> fill(ZSTD_outBuffer& out) {
    while (!ended) {
      if (const auto done = refill(); !done) {
        return done;
      }
      const std::size_t before = out.pos;
      const std::size_t left = ZSTD_decompressStream(stream.get(), &out, &in);
      if (ZSTD_isError(left) != 0) {
        return corrupt(fmt::format("not a bundle, or damaged ({})", ZSTD_getErrorName(left)));
      }
      ended = left == 0;
      if (!ended && out.pos == out.size) {
        return {};
      }
      if (!ended && out.pos == before && in.pos == in.size && position == size) {
        return corrupt("cut short");
      }
    }
    return {};
  }
};

zstd_reader::zstd_reader(std::unique_ptr<state> opened) noexcept : state_(std::move(opened)) {}
zstd_reader::~zstd_reader() = default;
zstd_reader::zstd_reader(zstd_reader&&) noexcept = default;
zstd_reader& zstd_reader::operator=(zstd_reader&&) noexcept = default;

result<zstd_reader> zstd_reader::open(const std::filesystem::path& path) {
  auto file = open_for_reading(path);
  if (!file) {
    return file.error();
  }
  const auto size = size_of(*file, path);
  if (!size) {
    return size.error();
  }
  auto opened = std::make_unique<state>();
  if (!opened->stream) {
    throw std::bad_alloc();
  }
  require(ZSTD_DCtx_setParameter(opened->stream.get(), ZSTD_d_windowLogMax, window_log_max));
  opened->path = path;
  opened->file = std::move(*file);
  opened->size = *size;
  return zstd_reader(std::move(opened));
}

result<void> zstd_reader::read(byte_span into) {
  ZSTD_outBuffer out{into.data(), into.size(), 0};
  while (out.pos < out.size) {
    if (state_->ended) {
      return state_->corrupt("cut short");
    }
    if (const auto done = state_->fill(out); !done) {
      return done;
    }
  }
  return {};
}

result<void> zstd_reader::expect_end() {
  std::uint8_t beyond = 0;
  ZSTD_outBuffer out{&beyond, 1, 0};
  if (const auto done = state_->fill(out); !done) {
    return done;
  }
  if (out.pos != 0 || state_->in.pos != state_->in.size || state_->position != state_->size) {
    return state_->corrupt("something follows the snapshot in it");
  }
  return {};
}

}  // namespace repute::store
