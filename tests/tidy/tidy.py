#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Style checks that no compiler makes: tidy.py [CHECK...]; without names, all of them.

Each check is a function of a tree and yields problems as "file:line: sentence". selftest.py shows
each of them something bad."""

import ast
import os
import re
import sys

import cpp_text
import rules

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = (".ci", "cmake", "deploy", "docs", *rules.PRODUCT, "bench", "tests")
DATA_FOLDERS = (
    "schema/vectors", "tests/fuzz/corpus", "tests/acceptance/sample_feeds", "deploy/sample")
RAW_FIGURES = re.compile(r"bench/results/[^/]+/")
TOP_LEVEL = re.compile(r"CMake.*\.(txt|json)|.*\.(md|sh)|\.clang-.*|\.editorconfig|\.gitignore")


class Tree:
    """Texts of the project by path; a dict of made-up ones in selftest.py."""

    def __init__(self, texts):
        self.texts = texts
        self.code = {p: cpp_text.code_only(t) for p, t in texts.items() if is_cpp(p)}

    def select(self, wanted):
        return ((path, text) for path, text in sorted(self.texts.items()) if wanted(path))


def is_cpp(path):
    return path.endswith((".cpp", ".hpp", ".c", ".h"))


def is_data(path):
    """Nobody wrote it by hand: packets, corpora, pictures, samples of a bench."""
    return (path.endswith(".svg") or path.startswith(tuple(f"{f}/" for f in DATA_FOLDERS))
            or RAW_FIGURES.match(path) is not None)


def is_script(path, text):
    return path.endswith((".py", ".sh")) or text.startswith("#!")


def under(path, folders):
    return not folders or any(path == f or path.startswith(f + "/") for f in folders)


def read_tree(root):
    texts = {}
    for folder in FOLDERS:
        for directory, _, names in os.walk(os.path.join(root, folder)):
            if "__pycache__" not in directory:
                for name in names:
                    texts[os.path.relpath(os.path.join(directory, name), root)] = None
    for name in os.listdir(root):
        if TOP_LEVEL.fullmatch(name):
            texts[name] = None
    for path in texts:
        with open(os.path.join(root, path), "rb") as file:
            texts[path] = file.read().decode("utf-8", errors="replace")
    return Tree(texts)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


# --- checks ---------------------------------------------------------------------------------------


def banned(tree):
    """Calls and constructs for which the house has something better."""
    for path, code in sorted(tree.code.items()):
        for pattern, folders, instead in rules.BANNED:
            if under(path, folders):
                for match in re.finditer(pattern, code):
                    found = " ".join(match.group().split())
                    yield f"{path}:{line_of(code, match.start())}: '{found}': use {instead}"
        if path.endswith(".hpp"):
            if "#pragma once" not in code:
                yield f"{path}:1: a header begins with '#pragma once'"
            for match in re.finditer(r"^\s*using\s+namespace\b", code, re.MULTILINE):
                yield f"{path}:{line_of(code, match.start())}: no 'using namespace' in a header"


def columns(tree):
    """Line length, tabs, trailing blanks and the newline at the end. Tables, worked examples and
    addresses in pages may be wider."""
    for path, text in tree.select(lambda p: not is_data(p)):
        fenced = False
        for number, line in enumerate(text.split("\n"), 1):
            fenced ^= line.startswith("```")
            wide = path.endswith(".md") and (fenced or line.startswith("|") or "://" in line)
            if len(line) > rules.COLUMNS_MAX and not wide:
                yield f"{path}:{number}: {len(line)} columns, {rules.COLUMNS_MAX} at most"
            if "\t" in line:
                yield f"{path}:{number}: a tab; indent with blanks"
            if line != line.rstrip():
                yield f"{path}:{number}: blanks at the end of the line"
        if text and not text.endswith("\n"):
            yield f"{path}:{text.count(chr(10)) + 1}: no newline at the end of the file"


def leftovers(tree):
    """Notes to oneself, and paths of somebody's machine."""
    note = re.compile(r"\b(?:" + "TO" + "DO|FIX" + "ME|X" + r"XX)\b")
    machine = re.compile(r"(?<![\w.$}/-])/(?:work|root|home|tmp|Users)(?:/|\b(?![\w-]))")
    for path, text in tree.select(lambda p: not is_data(p) and not p.startswith("tests/tidy/")):
        for match in note.finditer(text):
            yield f"{path}:{line_of(text, match.start())}: '{match.group()}': do it, or an issue"
        for match in machine.finditer(text):
            yield f"{path}:{line_of(text, match.start())}: '{match.group()}': a path of one machine"


def licences(tree):
    """Every source file names its licence within its first three lines."""
    for path, text in tree.select(lambda p: not is_data(p)):
        if is_cpp(path) or is_script(path, text):
            if "SPDX-License-Identifier: Apache-2.0" not in "\n".join(text.split("\n")[:3]):
                yield f"{path}:1: no line 'SPDX-License-Identifier: Apache-2.0'"


def _python_functions(path, text):
    try:
        nodes = ast.walk(ast.parse(text, path))
    except SyntaxError as error:
        yield (f"(not Python: {error.msg})", error.lineno or 1, rules.FUNCTION_LINES_MAX + 1)
        return
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield (node.name, node.lineno, node.end_lineno - node.lineno + 1)


def sizes(tree):
    """Length of functions and files."""
    used = set()
    for path, text in tree.select(lambda p: is_cpp(p) or p.endswith(".py")):
        lines = text.count("\n")
        if lines > rules.FILE_LINES_MAX:
            yield f"{path}:1: {lines} lines, {rules.FILE_LINES_MAX} at most: split it"
        found = cpp_text.functions(text) if is_cpp(path) else _python_functions(path, text)
        for name, line, length in found:
            if length > rules.FUNCTION_LINES_MAX:
                used.add(f"{path}: {name}")
                if f"{path}: {name}" not in rules.LONG_FUNCTIONS:
                    limit = rules.FUNCTION_LINES_MAX
                    yield f"{path}:{line}: {name} has {length} lines, {limit} at most"
    for stale in set(rules.LONG_FUNCTIONS) - used:
        yield f"tests/tidy/rules.py:1: '{stale}' is not too long any more: drop its exemption"


def _includes(text):
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]',
                             cpp_text.without_comments(text), re.MULTILINE):
        yield line_of(text, match.start()), match.group(1), "<" in match.group()


def includes(tree):
    """The arrows of docs/architecture.md, and public headers free of other people's types."""
    for path, text in tree.select(is_cpp):
        is_product = under(path, rules.PRODUCT)
        for line, name, angled in _includes(text):
            for pattern, folders, why in rules.INCLUDES:
                allowed = any(under(path, (folder,)) for folder in folders)
                if re.fullmatch(pattern, name) and is_product and not allowed:
                    yield f"{path}:{line}: may not include '{name}': {why}"
            if "/include/" in path and angled and re.search(r"[/.]", name):
                allowed = rules.PUBLIC_THIRD_PARTY.get(path.split("/")[0])
                if not (allowed and re.fullmatch(allowed, name)):
                    yield f"{path}:{line}: a public header may not include '{name}'"


def unused_files(tree):
    """Every .cpp is named in a CMake file, so that none is kept without being compiled."""
    builders = (".cmake", "CMakeLists.txt")
    cmake = "\n".join(text for _, text in tree.select(lambda p: p.endswith(builders)))
    for path, _ in tree.select(lambda p: p.endswith((".cpp", ".c"))):
        name = os.path.basename(path)
        fuzzer = re.fullmatch(r"tests/fuzz/fuzz_(\w+)\.cpp", path)
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        if fuzzer:
            pattern = rf"repute_add_fuzz\({fuzzer[1]}\b"
        if not re.search(pattern, cmake):
            yield f"{path}:1: no CMake file names it"


def _where_is_rows(text):
    section = text.split("## Where is", 1)[-1].split("\n## ", 1)[0] if "## Where is" in text else ""
    for match in re.finditer(r"^\|[^|]+\| `([^`|]+)` \| `([^`|]+)` \|$", section, re.MULTILINE):
        yield match.group(1), match.group(2)


def documents(tree):
    """The tables "Where is ...", links between pages, and the heading for what is not released."""
    for page in "docs/architecture.md", "tests/faults.md":
        rows = list(_where_is_rows(tree.texts.get(page, "")))
        if len(rows) < 8:
            yield f"{page}:1: the table 'Where is' has {len(rows)} rows that can be checked"
        for file, name in rows:
            text = tree.code.get(file, tree.texts.get(file))
            if text is None:
                yield f"{page}:1: '{file}' does not exist"
            elif not re.search(rf"\b{re.escape(name.split('::')[-1])}\b", text):
                yield f"{page}:1: '{file}' has no '{name}'"
    if "\n## Unreleased\n" not in tree.texts.get("CHANGELOG.md", ""):
        yield "CHANGELOG.md:1: no heading '## Unreleased'"
    known = set(tree.texts) | {os.path.dirname(p) for p in tree.texts} | {"LICENSE"}
    for path, text in tree.select(lambda p: p.endswith(".md")):
        for match in re.finditer(r"\]\(([^)#\s]+)[^)]*\)", text):
            target = os.path.normpath(os.path.join(os.path.dirname(path), match.group(1)))
            if "://" not in match.group(1) and target not in known:
                yield f"{path}:{line_of(text, match.start())}: link to nowhere: {match.group(1)}"


CHECKS = [banned, columns, leftovers, licences, sizes, includes, unused_files, documents]


def main(names):
    unknown = set(names) - {check.__name__ for check in CHECKS}
    if unknown:
        print(f"no such check: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 64
    tree = read_tree(ROOT)
    problems = 0
    for check in CHECKS:
        if not names or check.__name__ in names:
            for problem in check(tree):
                print(problem)
                problems += 1
    print(f"{len(tree.texts)} files, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
