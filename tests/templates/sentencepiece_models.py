"""SentencePiece model files -> fast tokenizers, without the library that wrote the files."""

import importlib.util
import struct
from functools import cache
from pathlib import Path

NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6  # types of pieces
FILES = {"v1": "tokenizer.model.v1", "v3": "mistral_instruct_tokenizer_240323.model.v3"}


def varint(data, at):
    """(number, position behind it) of a number in the wire format of protocol buffers."""
    number, shift = 0, 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def fields(data):
    """(field number, value) of a message in the wire format of protocol buffers."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size = 4
            if key & 7 == 2:
                size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        yield key >> 3, value


def pieces(file):
    """(text, score, type) of every piece of a model."""
    for number, message in fields(file.read_bytes()):
        if number == 1:
            piece = dict(fields(message))
            score = struct.unpack("<f", piece.get(2, b"\0\0\0\0"))[0]
            yield piece[1].decode(), score, piece.get(3, NORMAL)


@cache
def sentencepiece_tokenizer(version, legacy):
    """The tokenizer of a Mistral model as transformers has it.

    legacy: a space stands before every piece of text between control tokens, not only the first.
    """
    import transformers
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

    package = importlib.util.find_spec("mistral_common").submodule_search_locations[0]
    rows = list(pieces(Path(package) / "data" / FILES[version]))
    ids = {text: number for number, (text, _, _) in enumerate(rows)}
    merges = []
    for text, _, kind in rows:
        if kind == NORMAL:
            halves = [(text[:at], text[at:]) for at in range(1, len(text))]
            halves = [half for half in halves if half[0] in ids and half[1] in ids]
            merges += sorted(
                ((ids[text], *half) for half in halves),
                key=lambda merge: (ids[merge[1]], ids[merge[2]]),
            )
    merges.sort(key=lambda merge: merge[0])  # a piece is the better the earlier it stands
    tokenizer = Tokenizer(
        models.BPE(ids, [merge[1:] for merge in merges], unk_token="<unk>", byte_fallback=True)
    )
    if legacy:
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
        )
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    special = [text for text, _, kind in rows if kind in (UNKNOWN, CONTROL)]
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in special])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
