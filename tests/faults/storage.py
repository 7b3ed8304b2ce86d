"""Tries on storage that fails: what a run says, what it leaves, and how the next run goes when it is well again."""

import ctypes
import errno
import io
import os
import resource
import shutil
from contextlib import contextmanager
from pathlib import Path

from sftrm_quality.errors import SftrmError
from tests.faults import actions, folders

_REMOUNT, _READ_ONLY = 32, 1
_PAGE = 4096


def _mount(target, options, flags=0):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", os.fsencode(target), b"tmpfs", flags, options.encode()):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(target))


def _failing(raw, out, before):
    """How a run ended on failing storage: what it said and whether everything but the cache is as it was before."""
    try:
        told = {"verdict": actions.run(raw, out)}
    except SftrmError as error:
        told = {"error": str(error), "code": error.exit_code}
    return {**told, "as_before": _without_cache(folders.tree(out)) == _without_cache(folders.tree(before))}


def _without_cache(tree):
    return {name: count for name, count in tree.items() if not name[0].startswith(".cache")}


def _and_then(raw, out, after):
    """The next run: its verdict, and whether it leaves what an undisturbed one leaves: everything, and data files."""
    verdict = actions.run(raw, out)
    found, expected = folders.tree(out), folders.tree(after)
    return {"next": verdict, "same": found == expected, "data": folders.current(out) == folders.current(after)}


def full_disk(raw, before, after, mount, pages=None, inodes=None):
    """A run on a file system with so much room beside what is there already, in pages of 4 KiB or in inodes."""
    mount.mkdir(exist_ok=True)
    _mount(mount, "size=64m")
    out = folders.again(before, mount / "out")
    disk = os.statvfs(mount)
    room = {"size": (disk.f_blocks - disk.f_bfree + pages) * _PAGE} if pages is not None else {}
    room |= {"nr_inodes": disk.f_files - disk.f_ffree + inodes} if inodes is not None else {}
    _mount(mount, ",".join(f"{name}={value}" for name, value in room.items()), _REMOUNT)
    ended = _failing(raw, out, before)
    _mount(mount, "size=64m,nr_inodes=100000", _REMOUNT)
    return {**ended, **_and_then(raw, out, after)}


def read_only(raw, before, after, mount):
    """A run into a file system that was mounted to be read."""
    mount.mkdir(exist_ok=True)
    _mount(mount, "size=64m")
    out = folders.again(before, mount / "out")
    _mount(mount, "", _REMOUNT | _READ_ONLY)
    ended = _failing(raw, out, before)
    _mount(mount, "", _REMOUNT)
    return {**ended, **_and_then(raw, out, after)}


def small_files(raw, before, after, out, size):
    """A run whose process may write no file longer than that: what a full disk is where nobody may mount one."""
    out = folders.again(before, out)
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, allowed[1]))
    ended = _failing(raw, out, before)
    resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    return {**ended, **_and_then(raw, out, after)}


class _HalfReadable(io.FileIO):
    """A file whose second half cannot be read. Only reading is made up: the error is what a bad sector gives."""

    def _checked(self, size):
        end = os.fstat(self.fileno()).st_size // 2
        if self.tell() >= end:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return end - self.tell() if size is None or size < 0 else min(size, end - self.tell())

    def read(self, size=-1):
        return super().read(self._checked(size))

    def readinto(self, buffer):
        return super().readinto(memoryview(buffer)[: self._checked(len(buffer))])

    def readall(self):
        return self.read()


@contextmanager
def _at_opening(path, number, instead):
    """``instead`` opens the file when it is opened for the time of that number."""
    real, times = io.open, 0

    def opening(file, mode="r", buffering=-1, *others, **named):
        nonlocal times
        if not isinstance(file, int) and Path(file) == path and mode == "rb":
            times += 1
            if times == number:
                return instead(lambda: real(file, mode, buffering, *others, **named), buffering)
        return real(file, mode, buffering, *others, **named)

    io.open = opening
    try:
        yield lambda: times
    finally:
        io.open = real


def _half_readable(path, buffering):
    raw = _HalfReadable(path)
    return raw if buffering == 0 else io.BufferedReader(raw)


def read_error(raw, before, after, out, name, number):
    """A run that cannot read the second half of a raw file when it opens it for the time of that number."""
    out = folders.again(before, out)
    with _at_opening(raw / name, number, lambda _, buffering: _half_readable(raw / name, buffering)) as times:
        ended = _failing(raw, out, before)
    return {**ended, "opened": times(), **_and_then(raw, out, after)}


def _change(path, how):
    data = path.read_bytes()
    if how == "truncated":
        os.truncate(path, len(data) // 2)
    elif how == "appended":
        path.write_bytes(data + data[: data.index(b"\n") + 1])
    elif how == "written over":
        with path.open("r+b") as file:
            file.write(data.replace(b"case", b"CASE"))
    else:
        beside = path.with_name(".beside")
        beside.write_bytes(data.replace(b"case", b"something else"))
        beside.replace(path)


def changed(raw, before, after, out, scratch, name, how, number):
    """A run during which a raw file changes, just before it is opened for the time of that number; then it is again
    what it was. A run that says nothing of it must have made what the changed file makes."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(raw, scratch)
    out = folders.again(before, out)

    def change_first(opened, _):
        _change(scratch / name, how)
        return opened()

    with _at_opening(scratch / name, number, change_first) as times:
        ended = _failing(scratch, out, before)
    published = folders.current(out)
    if "verdict" in ended:
        actions.run(scratch, folders.again(before, scratch.with_name("fresh")))
        ended["as_a_fresh_run"] = published == folders.current(scratch.with_name("fresh"))
    shutil.copy(raw / name, scratch / name)
    return {**ended, "opened": times(), **_and_then(scratch, out, after)}
