// SPDX-License-Identifier: Apache-2.0
// gzip and zstd, recognised by their first bytes and decompressed piece by piece.
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "load/format/input.hpp"

namespace repute::load {
namespace {

constexpr std::size_t piece = std::size_t{64} << 10;
constexpr int window_log_max = 27;  // 128 MiB, the most that `zstd --long` takes without more words

// An input whose first bytes were read to see what it is.
class resumed_input final : public input {
 public:
  resumed_input(std::string head, std::unique_ptr<input> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  std::size_t read(std::span<char> into) override {
    if (at_ < head_.size()) {
      const std::size_t taken = head_.copy(into.data(), into.size(), at_);
      at_ += taken;
      return taken;
    }
    const std::size_t got = rest_->read(into);
    return got == 0 ? fail_like(*rest_) : got;
  }
  double share_read() const noexcept override { return rest_->share_read(); }
  std::string plain_file() const override { return rest_->plain_file(); }

 private:
  std::string head_;
  std::size_t at_ = 0;
  std::unique_ptr<input> rest_;
};

// What both decompressors have in common: a piece of compressed bytes.
class compressed_input : public input {
 public:
  explicit compressed_input(std::unique_ptr<input> raw) : raw_(std::move(raw)), bytes_(piece) {}
  double share_read() const noexcept final { return raw_->share_read(); }

 protected:
  /// False at the end of the file, or if it cannot be read.
  [[nodiscard]] bool refill() {
    at_ = 0;
    size_ = raw_->read(bytes_);
    return size_ != 0;
  }
  [[nodiscard]] bool used_up() const noexcept { return at_ == size_; }
  [[nodiscard]] std::size_t fail_cut(const char* what) {
    return raw_->problem().empty() ? fail(std::string("the ") + what + " data ends early")
                                   : fail_like(*raw_);
  }

  std::unique_ptr<input> raw_;
  std::vector<char> bytes_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
};

class gzip_input final : public compressed_input {
 public:
  explicit gzip_input(std::unique_ptr<input> raw) : compressed_input(std::move(raw)) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    good_ = inflateInit2(&stream_, gzip_only) == Z_OK;
  }
  ~gzip_input() override {
    if (good_) {
      inflateEnd(&stream_);
    }
  }
  gzip_input(const gzip_input&) = delete;
  gzip_input& operator=(const gzip_input&) = delete;

  std::size_t read(std::span<char> into) override {
    if (ended_ || !good_) {
      return good_ ? 0 : fail_machine("no memory to decompress");
    }
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1U << 30));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted) {
      if (used_up() && !refill()) {
        ended_ = true;
        return between_members_ && raw_->problem().empty() ? 0 : fail_cut("gzip");
      }
      if (between_members_ && !begin_member()) {
        return 0;
      }
      if (!used_up() && !inflate_piece()) {
        return 0;
      }
    }
    return wanted - stream_.avail_out;
  }

 private:
  // Several members are one text; what tape drives pad with is no member. False: garbage.
  bool begin_member() {
    while (!used_up() && bytes_[at_] == 0) {
      ++at_;
    }
    if (used_up()) {
      return true;
    }
    between_members_ = false;
    good_ = inflateReset(&stream_) == Z_OK;
    return good_;
  }

  bool inflate_piece() {
    stream_.next_in = reinterpret_cast<Bytef*>(bytes_.data() + at_);
    stream_.avail_in = static_cast<uInt>(size_ - at_);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    at_ = size_ - stream_.avail_in;
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      ended_ = true;
      static_cast<void>(fail(std::string("broken gzip data: ") +
                             (stream_.msg != nullptr ? stream_.msg : "not decompressible")));
      return false;
    }
    return true;
  }

  z_stream stream_{};
  bool good_ = false;
  bool ended_ = false;
  bool between_members_ = false;
};

class zstd_input final : public compressed_input {
 public:
  explicit zstd_input(std::unique_ptr<input> raw)
      : compressed_input(std::move(raw)), context_(ZSTD_createDCtx()) {
    if (context_) {
      ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log_max);
    }
  }

  std::size_t read(std::span<char> into) override {
    if (ended_ || !context_) {
      return context_ ? 0 : fail_machine("no memory to decompress");
    }
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    while (out.pos == 0) {
      // Output may be waiting inside although all input is taken.
      if (used_up() && !pending_ && !refill()) {
        ended_ = true;
        return between_frames_ && raw_->problem().empty() ? 0 : fail_cut("zstd");
      }
      ZSTD_inBuffer in{bytes_.data(), size_, at_};
      const std::size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
      at_ = in.pos;
      if (ZSTD_isError(result) != 0) {
        ended_ = true;
        return fail(std::string("broken zstd data: ") + ZSTD_getErrorName(result));
      }
      between_frames_ = result == 0;
      pending_ = out.pos == out.size && result != 0;
    }
    return out.pos;
  }

 private:
  struct free_context {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, free_context> context_;
  bool ended_ = false;
  bool pending_ = false;
  bool between_frames_ = false;
};

struct magic {
  std::string_view bytes;
  const char* name;
};
// Archives that feeds come in and that must be unpacked first, since they hold several files or
// need a library that nothing else does.
constexpr std::array<magic, 2> foreign{
    {{"PK\x03\x04", "a ZIP archive"}, {"\xFD\x37zXZ", "xz data"}}};
constexpr std::string_view gzip_magic("\x1F\x8B", 2);
constexpr std::string_view zstd_magic("\x28\xB5\x2F\xFD", 4);

// Skippable frames may come before the first frame with data (pzstd writes them).
bool is_zstd(std::string_view head) noexcept {
  return head.starts_with(zstd_magic) ||
         (head.size() >= 4 && (head[0] & '\xF0') == '\x50' && head.substr(1, 3) == "\x2A\x4D\x18");
}

// A list may well begin with the letters BZh.
bool is_bzip2(std::string_view head) noexcept {
  return head.size() >= 6 && head.starts_with("BZh") && head[3] >= '1' && head[3] <= '9' &&
         head.substr(4, 2) == "1A";
}

// Name of an archive of another kind, or nothing.
const char* foreign_archive(std::string_view head) noexcept {
  for (const magic& each : foreign) {
    if (head.starts_with(each.bytes)) {
      return each.name;
    }
  }
  return is_bzip2(head) ? "bzip2 data" : nullptr;
}

// The first bytes, enough to tell archives apart.
std::string read_head(input& raw) {
  std::string head(6, '\0');
  std::size_t have = 0;
  while (have < head.size()) {
    const std::size_t got = raw.read(std::span(head).subspan(have));
    if (got == 0) {
      break;
    }
    have += got;
  }
  head.resize(have);
  return head;
}

}  // namespace

std::unique_ptr<input> decompressed(std::unique_ptr<input> raw, std::string& problem) {
  std::string head = read_head(*raw);
  if (const char* name = foreign_archive(head); name != nullptr) {
    problem = std::string(name) + ": unpack it first";
    return nullptr;
  }
  const bool gzip = head.starts_with(gzip_magic);
  const bool zstd = is_zstd(head);
  std::unique_ptr<input> whole = std::make_unique<resumed_input>(std::move(head), std::move(raw));
  if (gzip) {
    return std::make_unique<gzip_input>(std::move(whole));
  }
  if (zstd) {
    return std::make_unique<zstd_input>(std::move(whole));
  }
  return whole;
}

}  // namespace repute::load
