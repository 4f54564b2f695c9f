#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows each style check something bad, which it must report, and something good, which it must
not: a check that cannot fail is none."""

import unittest

import cpp_text
import rules
import tidy

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


def problems(check, **texts):
    """Problems in a tree of one made-up file: path and text as keywords."""
    return list(check(tidy.Tree({texts["path"]: texts["text"]})))


class Functions(unittest.TestCase):
    def names(self, text):
        return [(name, length) for name, _, length in cpp_text.functions(text)]

    def test_plain_and_member(self):
        text = "namespace a {\nstruct b {\n  int c() const { return 1; }\n};\nvoid d(\n) {\n}\n}\n"
        self.assertEqual(self.names(text), [("c", 1), ("d", 3)])

    def test_initialiser_list_with_braces(self):
        text = "a::a(int b)\n    : b_{b}, c_(b) {\n  d();\n}\nint e() { return 0; }\n"
        self.assertEqual(self.names(text), [("a::a", 4), ("e", 1)])

    def test_braces_in_strings_and_comments(self):
        text = "void a() {\n  b(\"}\", '}', R\"x(})x\");  // }\n}\nvoid c() {}\n"
        self.assertEqual(self.names(text), [("a", 3), ("c", 1)])

    def test_templates_tables_and_tests(self):
        text = "template <class T>\nT a() {\n}\nconst int b[]{1, 2};\nTEST(c, d) {\n}\n"
        self.assertEqual(self.names(text), [("a", 3), ("TEST(c, d)", 2)])

    def test_digit_separator_is_no_character(self):
        self.assertEqual(self.names("int a() { return 1'000; }\nint b() { return 2'0; }\n"),
                         [("a", 1), ("b", 1)])


class Banned(unittest.TestCase):
    def test_each_rule_bites(self):
        bad = ["sprintf(a, b);", "strcpy(a, b);", "strtok(a, b);", "alloca(4);", "atoi(a);",
               "std::stoi(a);", "strtoul(a, b, 10);", "malloc(4);", "a << std::endl;",
               "std::regex a;", "rand();", "using namespace std;",
               "reinterpret_cast<const std::uint32_t*>(a);", "std::chrono::steady_clock::now();",
               "std::cout << 1;", "sleep_for(1ms);"]
        self.assertEqual(len(bad), len(rules.BANNED))
        for text, (_, folders, _) in zip(bad, rules.BANNED):
            path = f"{folders[0] if folders else 'tools'}/a.cpp"
            self.assertEqual(len(problems(tidy.banned, path=path, text=text)), 1, text)

    def test_comments_and_strings_do_not_count(self):
        text = "// sprintf(a)\nconst char* b = \"strcpy(\";\nmy_sprintf_free(c);\n"
        self.assertEqual(problems(tidy.banned, path="schema/a.cpp", text=text), [])

    def test_headers(self):
        self.assertEqual(len(problems(tidy.banned, path="tools/a.hpp", text="int a;\n")), 1)
        text = "#pragma once\nusing namespace b;\n"
        self.assertEqual(len(problems(tidy.banned, path="tools/a.hpp", text=text)), 1)


class Texts(unittest.TestCase):
    def test_columns(self):
        bad = "x" * (rules.COLUMNS_MAX + 1) + "\n\ta\nb \nc"
        self.assertEqual(len(problems(tidy.columns, path="tools/a.cpp", text=bad)), 4)
        self.assertEqual(problems(tidy.columns, path="a.md", text="| " + "x" * 200 + "\n"), [])

    def test_leftovers(self):
        bad = "// TO" + "DO\nopen(\"/ro" + "ot/a\");\nopen('/tm" + "p');\n"
        self.assertEqual(len(problems(tidy.leftovers, path="tools/a.cpp", text=bad)), 3)
        good = "a/home/b https://example.org/root.html DIR/tmp \"/worker\" \"/home-page\"\n"
        self.assertEqual(problems(tidy.leftovers, path="tools/a.cpp", text=good), [])

    def test_licences(self):
        self.assertEqual(len(problems(tidy.licences, path="tools/a.cpp", text="int a;\n")), 1)
        self.assertEqual(len(problems(tidy.licences, path="a", text="#!/bin/sh\n")), 1)
        self.assertEqual(problems(tidy.licences, path="tools/a.cpp", text=SPDX), [])

    def test_sizes(self):
        body = "  b();\n" * rules.FUNCTION_LINES_MAX
        text = f"void a() {{\n{body}}}\n"
        self.assertEqual(len(problems(tidy.sizes, path="tools/a.cpp", text=text)), 1)
        python = "def a():\n" + "    b()\n" * rules.FUNCTION_LINES_MAX
        self.assertEqual(len(problems(tidy.sizes, path="tools/a.py", text=python)), 1)
        long_file = "int a;\n" * (rules.FILE_LINES_MAX + 1)
        self.assertEqual(len(problems(tidy.sizes, path="tools/a.cpp", text=long_file)), 1)


class Arrows(unittest.TestCase):
    def test_forbidden_includes(self):
        bad = {
            "server/query/a.cpp": "#include <lmdb.h>\n",
            "server/net/a.cpp": '#include "repute/client/client.hpp"\n',
            "server/control/a.cpp": '#include "repute/canon/canon.hpp"\n',
            "client-lib/src/a.cpp": '#include "store/snapshot.hpp"\n',
            "client-lib/src/b.cpp": "#include <unicode/uidna.h>\n",
            "server/store/a.cpp": '#include "net/worker.hpp"\n',
            "server/query/b.cpp": "#include <boost/asio/ip/udp.hpp>\n",
            "schema/include/repute/a.hpp": "#include <boost/asio.hpp>\n",
            "client-lib/include/a.hpp": "#include <fmt/format.h>\n",
        }
        for path, text in bad.items():
            self.assertGreaterEqual(len(problems(tidy.includes, path=path, text=text)), 1, path)

    def test_permitted_includes(self):
        good = {
            "server/store/a.cpp": "#include <lmdb.h>\n",
            "client-lib/include/a.hpp": "#include <boost/asio/ip/udp.hpp>\n#include <vector>\n",
            "schema/canon/src/a.cpp": "#include <libpsl.h>\n",
            "server/net/a.cpp": '#include "query/query_core.hpp"\n#include <sys/socket.h>\n',
            "server/query/a.cpp": '#include "store/snapshot_view.hpp"\n// #include <lmdb.h>\n',
        }
        for path, text in good.items():
            self.assertEqual(problems(tidy.includes, path=path, text=text), [], path)

    def test_unused_files(self):
        cmake = "add_library(x a.cpp)\n"
        tree = tidy.Tree({"a.cpp": "", "tools/b.cpp": "", "CMakeLists.txt": cmake})
        self.assertEqual(list(tidy.unused_files(tree)),
                         ["tools/b.cpp:1: no CMake file names it"])


class Documents(unittest.TestCase):
    def tree(self, **change):
        rows = "".join(f"| what {i} | `tools/a.cpp` | `a::f{i}` |\n" for i in range(8))
        texts = {
            **dict.fromkeys(("docs/architecture.md", "tests/faults.md"), "## Where is\n\n" + rows),
            "tools/a.cpp": "".join(f"void f{i}();\n" for i in range(8)),
            "CHANGELOG.md": "# Changes\n\n## Unreleased\n",
        }
        texts.update({path.replace("__", "/"): text for path, text in change.items()})
        return tidy.Tree(texts)

    def test_good(self):
        self.assertEqual(list(tidy.documents(self.tree())), [])

    def test_stale_row(self):
        self.assertEqual(list(tidy.documents(self.tree(**{"tools__a.cpp": "void f0();\n"})))[0],
                         "docs/architecture.md:1: 'tools/a.cpp' has no 'a::f1'")

    def test_comment_is_no_function(self):
        text = "// " + " ".join(f"f{i}" for i in range(8)) + "\n"
        self.assertEqual(len(list(tidy.documents(self.tree(**{"tools__a.cpp": text})))), 16)

    def test_links_and_changelog(self):
        self.assertEqual(len(list(tidy.documents(self.tree(**{"A.md": "[b](docs/none.md)\n"})))), 1)
        self.assertEqual(len(list(tidy.documents(self.tree(**{"CHANGELOG.md": "# Changes\n"})))), 1)


if __name__ == "__main__":
    unittest.main()
