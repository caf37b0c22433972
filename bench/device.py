#!/usr/bin/env python3
"""Code size and worst stack of the device's verifier on a Cortex-M3, as the compiler says them.

    bench/device.py           both, with their bounds; exit 1 when one is exceeded
    bench/device.py --calls   and the calls of the deepest path

The compiler is the clang of the Swift toolchain, at -Os, freestanding. The stack is the sum of the frames (-fstack-usage)
along the deepest path of the linked program's calls; what the cryptographic functions need comes on top. Recursion, calls
that cannot be resolved and frames of unknown size are errors.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = os.path.join(ROOT, "Sources", "DeviceVerifier")
CODE_BOUND = 12_000
STACK_BOUND = 1024
FLAGS = ["--target=thumbv7m-none-eabi", "-mcpu=cortex-m3", "-std=c99", "-Os", "-ffreestanding", "-Wall", "-Wextra",
         "-Wconversion", "-Werror", "-fstack-usage"]
# What the compiler calls for copying and clearing structures, from the firmware's C library.
LIBRARY = re.compile(r"__aeabi_mem\w+|mem(cpy|set|move)")


def tool(name):
    """A program of the Swift toolchain."""
    return os.path.join(os.path.dirname(os.path.realpath(shutil.which("swift"))), name)


def run(*arguments, cwd=None):
    return subprocess.run(arguments, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


class Build:
    """The verifier's objects and what the compiler says of them."""

    def __init__(self, folder):
        self.folder = folder
        self.frames = {}
        self.sizes = {}
        for source in sorted(glob.glob(f"{SOURCES}/*.c")):
            name = os.path.basename(source)
            run(tool("clang"), *FLAGS, f"-I{SOURCES}/include", "-c", source, "-o", f"{name}.o", cwd=folder)
            self._read_frames(name)
            self._read_sizes(name)

    def _read_frames(self, name):
        with open(f"{self.folder}/{name}.su", encoding="utf-8") as file:
            for line in file:
                place, size, kind = line.rstrip("\n").split("\t")
                assert kind == "static", line
                self.frames[name, place.rsplit(":", 1)[1]] = int(size)

    def _read_sizes(self, name):
        total = 0
        for line in run(tool("llvm-objdump"), "-h", f"{self.folder}/{name}.o").splitlines():
            fields = line.split()
            if len(fields) > 3 and re.match(r"\.(text|rodata|data|bss)", fields[1]):
                total += int(fields[2], 16)
        self.sizes[name] = total

    def code(self):
        """Code and constants in bytes; without the sentences, and with them."""
        whole = sum(self.sizes.values())
        return whole - self.sizes["anchorite_results.c"], whole

    def calls(self):
        """Which function calls which, from the disassembly of all of it linked."""
        program = f"{self.folder}/verifier.elf"
        objects = [f"{self.folder}/{name}.o" for name in self.sizes]
        run(tool("ld.lld"), "--unresolved-symbols=ignore-all", "-e", "anchorite_verify", "-o", program, *objects)
        functions, file = {}, None
        symbols = []
        for line in run(tool("llvm-objdump"), "-t", program).splitlines():
            match = re.match(r"([0-9a-f]{8}) (.)......\s*(\S*)\s+([0-9a-f]{8})\s+(?:\.hidden )?(\S+)$", line)
            if not match:
                continue
            if " df *ABS*" in line:
                file = match[5]
            elif "F .text" in line:
                symbols.append((int(match[1], 16) & ~1, match[2] == "l", file, match[5]))
        files = {function: name for name, function in self.frames}
        for address, is_local, name, function in symbols:
            functions[address] = (name if is_local else files[function], function)
        graph, current = {}, None
        for line in run(tool("llvm-objdump"), "-d", "--no-show-raw-insn", program).splitlines():
            head = re.match(r"([0-9a-f]{8}) <(\S+)>:", line)
            if head:
                current = functions.get(int(head[1], 16))
                if current:
                    graph[current] = set()
                continue
            call = re.match(r"\s*[0-9a-f]+:\s+(bl|b|b\.w)\s+0x([0-9a-f]+)\s+<([^>+]+)>", line)
            if call and current:
                target = functions.get(int(call[2], 16))
                if target:
                    graph[current].add(target)
                elif not LIBRARY.match(call[3]) and int(call[2], 16) != 0:
                    raise SystemExit(f"{current[1]} calls {call[3]}, which is not known")
        assert set(graph) == set(functions.values()), set(functions.values()) ^ set(graph)
        return graph

    def deepest(self):
        """Bytes of stack and functions of the deepest path."""
        graph, known = self.calls(), {}

        def depth(function, above):
            if function in above:
                raise SystemExit(f"{function[1]} calls itself")
            if function not in known:
                below = [depth(called, above | {function}) for called in graph[function]]
                size, path = max(below, default=(0, []))
                known[function] = (self.frames[function] + size, [function] + path)
            return known[function]

        return max(depth(function, frozenset()) for function in graph)


def measure():
    """Code without and with sentences, stack (all in bytes), and the deepest path as (function, frame)."""
    with tempfile.TemporaryDirectory() as folder:
        build = Build(folder)
        stack, path = build.deepest()
        return (*build.code(), stack, [(function[1], build.frames[function]) for function in path])


def main():
    code, whole, stack, path = measure()
    print(f"code and constants: {code} bytes, {whole} with sentences for errors; bound {CODE_BOUND}")
    print(f"stack: {stack} bytes; bound {STACK_BOUND}")
    if "--calls" in sys.argv[1:]:
        for function, frame in path:
            print(f"  {frame:4} {function}")
    return 0 if whole <= CODE_BOUND and stack <= STACK_BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
