"""Bytes become text: gzip is unpacked within a bound, the encoding is told from the bytes, and nothing is ever guessed."""

import codecs
import zlib
from pathlib import Path

from delift_core.errors import UnreadableFile

EXPANSION_LIMIT = 2 * 1024**3           # bytes a gzip file may unpack to
RATIO_LIMIT = 250                       # times its own size, once that is beyond RATIO_FLOOR (text reaches 20, bombs 1000)
RATIO_FLOOR = 64 * 1024**2
STEP = 1024**2
GZIP = b"\x1f\x8b"
HEAD = 4096                             # bytes looked at to tell the encoding
UTF16_ZEROS, BINARY_ZEROS = 0.2, 0.01   # share of zero bytes from which a file is taken for UTF-16, for anything but UTF-8
BINARY = {GZIP: "compressed with gzip twice", b"PK\x03\x04": "a zip archive or an Excel workbook", b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture",
          b"\x28\xb5\x2f\xfd": "compressed with zstd", b"BZh": "compressed with bzip2", b"\xfd7zXZ": "compressed with xz",
          b"ARROW1": "an Arrow file without its folder", b"SQLite format 3": "an SQLite database"}
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def file_bytes(path: Path) -> bytes:
    """The content of a file, unpacked when it is gzip whatever its name says."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: the file cannot be read ({error.strerror}). Check its permissions.") from error
    return unpacked(content, path) if content.startswith(GZIP) else content


def unpacked(content: bytes, path: Path) -> bytes:
    """gzip to bytes, one step at a time, so that a small file cannot fill the memory."""
    pieces, size = [], 0
    try:
        while content:
            stream = zlib.decompressobj(wbits=31)
            for piece in _pieces(stream, content):
                size += len(piece)
                _check_expansion(size, len(content), path)
                pieces.append(piece)
            if not stream.eof:
                raise zlib.error("cut off")
            content = stream.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise UnreadableFile(f"{path}: the gzip file is cut off or damaged. Compress or download it again.") from error
    return b"".join(pieces)


def _pieces(stream, content: bytes):
    piece = stream.decompress(content, STEP)
    while piece:
        yield piece
        piece = b"" if stream.eof else stream.decompress(stream.unconsumed_tail, STEP)


def _check_expansion(size: int, packed: int, path: Path) -> None:
    if size > EXPANSION_LIMIT or (size > RATIO_FLOOR and size > RATIO_LIMIT * packed):
        raise UnreadableFile(f"{path}: {packed:,} bytes of gzip unpack to more than {size:,}, which is refused. "
                             f"Unpack the file yourself if it is what you expect.")


def text_of(content: bytes, path: Path) -> str:
    """UTF-8, UTF-16 or UTF-32 as text; bytes that do not belong stay recognisable and cost only their own row."""
    _refuse_binary(content, path)
    encoding = _encoding(content)
    try:
        text = content.decode(encoding, "surrogateescape" if encoding.startswith("utf-8") else "strict")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path}: not {encoding.upper()} text from byte {error.start} on. Save the file as UTF-8.") from error
    _refuse_other_encodings(text, path)
    if not text.strip("\ufeff \t\r\n"):
        raise UnreadableFile(f"{path}: the file is empty. Choose one that holds rows.")
    return text


def _encoding(content: bytes) -> str:
    """By byte-order mark; without one, text that is largely zero bytes is UTF-16, the order told by which of two is zero."""
    marked = next((name for mark, name in BOMS if content.startswith(mark)), None)
    if marked or _zeros(content) < UTF16_ZEROS:
        return marked or "utf-8"
    return "utf-16-le" if content[1:HEAD:2].count(0) > content[0:HEAD:2].count(0) else "utf-16-be"


def _zeros(content: bytes) -> float:
    """Share of zero bytes at the beginning of a file."""
    return content[:HEAD].count(0) / max(len(content[:HEAD]), 1)


def _refuse_binary(content: bytes, path: Path) -> None:
    what = next((name for magic, name in BINARY.items() if content.startswith(magic)), None)
    marked = content.startswith(tuple(mark for mark, _ in BOMS))
    if not marked and BINARY_ZEROS < _zeros(content) and not (_zeros(content) >= UTF16_ZEROS and _is_utf16(content)):
        what = what or "binary"
    if what:
        raise UnreadableFile(f"{path}: the file is {what}, not rows of text. Save it as JSONL, JSON, CSV, TSV or Parquet.")


def _is_utf16(content: bytes) -> bool:
    """Whether bytes decode as UTF-16 into text that holds hardly any control characters."""
    text = content[:HEAD].decode(_encoding(content), "replace")
    return sum(letter == "\ufffd" or (letter < " " and letter not in "\t\r\n") for letter in text) <= 1


def _refuse_other_encodings(text: str, path: Path) -> None:
    strange = sum("\udc80" <= letter <= "\udcff" for letter in text) if not text.isascii() else 0
    if strange > len(text) / 10:
        raise UnreadableFile(f"{path}: neither UTF-8 nor UTF-16 text. If it is text in another encoding, save it as UTF-8 first.")
