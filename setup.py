"""The optional C extension; everything else stands in setup.cfg. Without a compiler the package installs without it."""

import sys

from setuptools import Extension, setup

# Without contraction to fused multiply-adds: sums must give the bits that Python gives.
GCC = ["-std=c11", "-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Wno-unused-parameter"]
FLAGS = ["/O2", "/fp:precise"] if sys.platform == "win32" else GCC

setup(ext_modules=[Extension("framing._native", ["framing/_native.c"], extra_compile_args=FLAGS, optional=True)])
