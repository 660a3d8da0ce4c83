"""Bytes of a file become text: UTF-8, UTF-16 or UTF-32, plain or in gzip, within a bound."""

import codecs
import re
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

from delift_core.data.text import is_blank
from delift_core.errors import UnreadableFile

EXPANSION_LIMIT = 2 * 1024**3  # bytes a gzip file may unpack to
# times its own size, once that is beyond RATIO_FLOOR (text reaches 20, bombs 1000)
RATIO_LIMIT = 250
RATIO_FLOOR = 64 * 1024**2
STEP = 1024**2  # bytes unpacked at a time
GZIP = b"\x1f\x8b"
HEAD = 4096  # bytes sampled to recognise the encoding
# share of zero bytes from which UTF-8 is taken for UTF-16, from which no text is UTF-8
UTF16_ZEROS, BINARY_ZEROS = 0.2, 0.01
CONTROLS = 0.1  # share of letters that may be controls in UTF-8 with zero bytes
# share of letters that UTF-16 may not have: controls, unassigned ones, halves of pairs
ODD_LETTERS = 0.01
_UNDECODED = re.compile("[\udc80-\udcff]")  # bytes that are not UTF-8
BINARY = {
    GZIP: "compressed with gzip twice",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"ARROW1": "an Arrow file without its folder",
    b"SQLite format 3": "an SQLite database",
}
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def file_bytes(path: Path) -> bytes:
    """The content of a file, unpacked when it is gzip whatever its name says."""
    if not (path.is_file() or path.is_fifo()):
        raise UnreadableFile(f"{path}: this is a device, which has no end. Choose a file.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"{path}: the file cannot be read ({error.strerror}). Check its permissions."
        ) from error
    return unpacked(content, path) if content.startswith(GZIP) else content


def unpacked(content: bytes, path: Path) -> bytes:
    """gzip to bytes, one step at a time, so that a small file cannot fill the memory."""
    pieces, size = [], 0
    try:
        while content:
            stream = zlib.decompressobj(wbits=31)
            for piece in _pieces(stream, content):
                size += len(piece)
                check_expansion(size, len(content), path, "gzip")
                pieces.append(piece)
            if not stream.eof:
                raise zlib.error("cut off")
            content = stream.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise UnreadableFile(
            f"{path}: the gzip file is cut off or damaged. Compress or download it again."
        ) from error
    return b"".join(pieces)


def _pieces(stream, content: bytes) -> Iterator[bytes]:
    piece = stream.decompress(content, STEP)
    while piece:
        yield piece
        if stream.eof:
            return
        piece = stream.decompress(stream.unconsumed_tail, STEP)


def check_expansion(size: int, packed: int, path: Path, kind: str) -> None:
    """Raise UnreadableFile for a small file that would fill the memory.

    size, packed: bytes unpacked so far, and bytes of the file.
    """
    if size > EXPANSION_LIMIT or (size > RATIO_FLOOR and size > RATIO_LIMIT * packed):
        raise UnreadableFile(
            f"{path}: {packed:,} bytes of {kind} unpack to more than {size:,}, which is refused. "
            "Unpack the file yourself if it is what you expect."
        )


def text_of(content: bytes, path: Path) -> str:
    """UTF-8, UTF-16 or UTF-32 as text.

    Bytes that do not belong become lone surrogates, which cost only their own row. Raises
    UnreadableFile for binary files, other encodings and blank ones.
    """
    _refuse_binary(content, path)
    encoding = _encoding(content)
    errors = "surrogateescape" if encoding.startswith("utf-8") else "surrogatepass"
    try:
        text = content.decode(encoding, errors).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{path}: not {encoding.upper()} text from byte {error.start} on. Save the file as"
            " UTF-8."
        ) from error
    _refuse_other_encodings(text, path)
    if is_blank(text):
        raise UnreadableFile(f"{path}: the file is empty. Choose one that holds rows.")
    return text


def _encoding(content: bytes) -> str:
    """By byte-order mark; without one, text with zero bytes is UTF-16 if it reads as that."""
    for mark, name in BOMS:
        if content.startswith(mark):
            return name
    if _share_of_zeros(content) >= BINARY_ZEROS:
        return _unmarked_utf16(content) or "utf-8"
    return "utf-8"


def _unmarked_utf16(content: bytes) -> str | None:
    """The byte order by which a file is UTF-16 text; UTF-8 with a few zero bytes in it is not.

    Of the two bytes of a letter, that which is zero more often is the higher one.
    """
    head = content[:HEAD]
    zeros_first, zeros_second = head[0::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if zeros_second > zeros_first else "utf-16-be"
    letters = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if sum(map(_is_odd_letter, letters)) > ODD_LETTERS * len(letters):
        return None
    if _share_of_zeros(content) < UTF16_ZEROS and _is_text(head):
        return None
    return encoding


def _is_odd_letter(letter: str) -> bool:
    """Whether text in the right byte order has no such letter."""
    if letter in "\t\r\n":
        return False
    return letter == "\ufffd" or unicodedata.category(letter) in ("Cc", "Cn", "Co")


def _is_text(head: bytes) -> bool:
    """Whether bytes are UTF-8 of which at most a share CONTROLS of the letters are controls."""
    try:
        letters = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    controls = sum(letter < " " and letter not in "\t\r\n" for letter in letters)
    return controls <= CONTROLS * len(letters)


def _share_of_zeros(content: bytes) -> float:
    """Share of zero bytes at the beginning of a file."""
    head = content[:HEAD]
    return head.count(0) / max(len(head), 1)


def _refuse_binary(content: bytes, path: Path) -> None:
    kind = _binary_kind(content)
    if kind:
        raise UnreadableFile(
            f"{path}: the file is {kind}, not rows of text. Save it as JSONL, JSON, CSV, TSV or"
            " Parquet."
        )


def _binary_kind(content: bytes) -> str | None:
    """What a file is, where it is no text: by its first bytes, or because of zero bytes."""
    for magic, kind in BINARY.items():
        if content.startswith(magic):
            return kind
    has_zeros = _share_of_zeros(content) > BINARY_ZEROS
    if has_zeros and _encoding(content) == "utf-8" and not _is_text(content[:HEAD]):
        return "binary"
    return None


def _refuse_other_encodings(text: str, path: Path) -> None:
    if text.isascii():
        return
    if len(_UNDECODED.findall(text)) > len(text) / 10:
        raise UnreadableFile(
            f"{path}: neither UTF-8 nor UTF-16 text. If it is text in another encoding, save it as"
            " UTF-8 first."
        )
