// SPDX-License-Identifier: Apache-2.0
// Writes feeds of made-up rows for the load bench: `generate_rows mixed|hashes ROWS DIRECTORY`.
// The same arguments give the same files anywhere; no key comes twice.
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace {

// A generator whose n-th value needs no other (splitmix64, S. Vigna): rows are functions of their
// number.
std::uint64_t mixed(std::uint64_t n) noexcept {
  std::uint64_t x = (n + 1) * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// A permutation of 0 .. 2^bits - 1.
std::uint64_t permuted(std::uint64_t n, unsigned bits) noexcept {
  return (n * 0x9e3779b97f4a7c15U + 0x1234567) & ((std::uint64_t{1} << bits) - 1);
}

// Three in four rows are under the first few, as in real feeds.
constexpr std::array<std::string_view, 16> suffixes{"com", "net",    "com",   "org", "com", "xyz",
                                                    "ru",  "com",    "co.uk", "top", "com", "info",
                                                    "de",  "com.br", "com",   "shop"};
constexpr std::array<std::string_view, 8> services{"www", "mail",   "login", "cdn",
                                                   "m",   "secure", "api",   "shop"};
constexpr std::array<std::string_view, 8> words{"wp-content", "images", "account", "update",
                                                "files",      "en",     "2025",    "invoice"};
constexpr std::array<std::string_view, 4> ends{"index.php", "login.html", "payload.exe", ""};
constexpr std::array<std::string_view, 4> reasons{"malware_download", "phishing", "botnet_cc",
                                                  "credential theft reported by a user"};

template <std::size_t Count>
std::string_view pick(const std::array<std::string_view, Count>& from,
                      std::uint64_t bits) noexcept {
  return from[bits % Count];
}

// Something to pronounce, different for each n below 2^36.
std::string registered_name(std::uint64_t n) {
  constexpr std::string_view consonants = "bcdfghklmnprstvz";
  constexpr std::string_view vowels = "aeio";
  std::string name;
  for (std::uint64_t rest = permuted(n, 36); rest != 0 || name.empty(); rest >>= 6) {
    name += consonants[rest & 15];
    name += vowels[(rest >> 4) & 3];
  }
  return name;
}

std::string host_name(std::uint64_t n) {
  const std::uint64_t bits = mixed(n);
  std::string name = registered_name(n) + "." + std::string(pick(suffixes, bits));
  if ((bits >> 8) % 10 < 4) {
    name = std::string(pick(services, bits >> 16)) + "." + name;
  }
  return (bits >> 24) % 10 == 0 ? "a" + std::to_string((bits >> 32) % 100) + "." + name : name;
}

// Four URLs a host; every third host is one of the listed domains.
std::string url(std::uint64_t n) {
  const std::uint64_t site = n / 4;
  const std::uint64_t bits = mixed(n + (std::uint64_t{1} << 40));
  std::string out = bits % 3 == 0 ? "http://" : "https://";
  out += host_name(site % 3 == 0 ? site : site + (std::uint64_t{1} << 34));
  for (std::uint64_t folder = 0; folder < (bits >> 8) % 4; ++folder) {
    out += "/" + std::string(pick(words, bits >> (16 + 4 * folder)));
  }
  out += "/" + std::to_string(n) + "/" + std::string(pick(ends, bits >> 40));
  return (bits >> 48) % 5 == 0 ? out + "?id=" + std::to_string(bits >> 52) : out;
}

// Addresses that belong to nobody special: first octets 20 to 83.
std::string dotted(std::uint64_t address) {
  address += std::uint64_t{20} << 24;
  std::string out;
  for (unsigned shift = 32; shift != 0; shift -= 8) {
    out += (out.empty() ? "" : ".") + std::to_string((address >> (shift - 8)) & 255);
  }
  return out;
}

std::string hexadecimal(std::uint64_t value, std::size_t digits) {
  std::array<char, 16> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr;
  const auto size = static_cast<std::size_t>(end - text.data());
  return std::string(digits - size, '0') + std::string(text.data(), size);
}

std::string address(std::uint64_t n) {
  const std::uint64_t bits = mixed(n);
  if (n % 100 < 5) {
    return dotted(permuted(n / 100 * 5 + n % 100, 22) << 8) + "/24";
  }
  if (n % 100 < 6) {
    return dotted(permuted(n / 100, 18) << 12) + "/20";
  }
  if (n % 100 < 14) {
    return "2a0" + hexadecimal(bits % 16, 1) + ":" + hexadecimal((bits >> 8) % 65536, 4) + ":" +
           hexadecimal(n >> 16, 4) + ":1::" + hexadecimal((n & 0xffff) | 0x10000, 5).substr(1);
  }
  if (n % 100 < 15) {
    return "2a1" + hexadecimal(bits % 16, 1) + ":" + hexadecimal(n >> 16, 4) + ":" +
           hexadecimal((n & 0xffff) | 0x10000, 5).substr(1) + "::/48";
  }
  return dotted(permuted(n, 30));
}

std::string hash(std::uint64_t n) {
  std::string out;
  for (std::uint64_t part = 0; part < 4; ++part) {
    out += hexadecimal(mixed(4 * n + part), 16);
  }
  return out;
}

std::string url_row(std::uint64_t n) {
  return url(n) + "," + std::string(pick(reasons, mixed(n) >> 7));
}

template <class Row>
void write(const std::filesystem::path& path, std::uint64_t first, std::uint64_t last, Row row) {
  std::ofstream file(path, std::ios::binary);
  for (std::uint64_t n = first; n < last; ++n) {
    file << row(n) << '\n';
  }
  file.flush();
  if (!file) {
    throw std::runtime_error(path.string() + ": cannot write");
  }
}

void write_feed(std::ofstream& feeds, std::string_view name, std::string_view file,
                std::string_view rest) {
  feeds << "[[feed]]\nname = \"" << name << "\"\nfile = \"" << file << "\"\n" << rest << "\n\n";
}

// A quarter each of domains (a tenth of them with all names under them), URLs, addresses with
// networks, and SHA-256.
void write_mixed(std::uint64_t rows, const std::filesystem::path& folder) {
  const std::uint64_t quarter = rows / 4;
  const std::uint64_t zones = quarter / 10;
  write(folder / "zones.txt", 0, zones, host_name);
  write(folder / "domains.txt", zones, quarter, host_name);
  write(folder / "urls.csv", 0, quarter, url_row);
  write(folder / "addresses.txt", 0, quarter, address);
  write(folder / "hashes.txt", 0, rows - 3 * quarter, hash);
  std::ofstream feeds(folder / "feeds.toml");
  write_feed(feeds, "zones", "zones.txt",
             "format = \"list\"\nkind = \"domain\"\nmatch = \"both\"\nverdict = \"malware\"\n"
             "score = 900");
  write_feed(feeds, "domains", "domains.txt",
             "format = \"list\"\nkind = \"domain\"\nverdict = \"phishing\"\nscore = 700");
  write_feed(feeds, "urls", "urls.csv",
             "format = \"csv\"\nkind = \"url\"\nverdict = \"phishing\"\nscore = 800\n"
             "columns = { key = 1, reason = 2 }");
  write_feed(feeds, "addresses", "addresses.txt",
             "format = \"list\"\nkind = \"ip\"\nverdict = \"spam\"\nscore = 300");
  write_feed(feeds, "hashes", "hashes.txt",
             "format = \"list\"\nkind = \"sha256\"\nverdict = \"malware\"\nscore = 1000");
}

void write_hashes(std::uint64_t rows, const std::filesystem::path& folder) {
  write(folder / "hashes.txt", 0, rows, hash);
  std::ofstream feeds(folder / "feeds.toml");
  write_feed(feeds, "hashes", "hashes.txt",
             "format = \"list\"\nkind = \"sha256\"\nverdict = \"malware\"\nscore = 1000");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 4 ? argv[1] : "";
  const std::string_view count = argc == 4 ? argv[2] : "";
  std::uint64_t rows = 0;
  std::from_chars(count.data(), count.data() + count.size(), rows);
  if ((mode != "mixed" && mode != "hashes") || rows == 0) {
    std::fputs("usage: generate_rows mixed|hashes ROWS DIRECTORY\n", stderr);
    return 64;
  }
  std::filesystem::create_directories(argv[3]);
  (mode == "mixed" ? write_mixed : write_hashes)(rows, argv[3]);
  return 0;
}
