"""Short frames: the messages that are one whole frame, read and written without the protocol's generator.

RFC 6455 §5.2 · RFC 7692 §6
"""

from typing import Final

try:
    from websockets.speedups import apply_mask
except ImportError:  # no compiled wheel for this machine
    from websockets.utils import apply_mask

_TEXT_AND_FINAL: Final = 0x81
_MASKED: Final = 0x80
_SHORT: Final = 125
_TWO_BYTES: Final = 126


def whole_message(data: bytes) -> bytes | None:
    """The message, if the data is exactly one final masked text frame of less than 64 KiB. RFC 6455 §5.2

    RSV1 is not set in it: even where compression was agreed on this message is not compressed. RFC 7692 §6
    """
    size = len(data)
    if size < 6 or data[0] != _TEXT_AND_FINAL:
        return None
    length, start = data[1] - _MASKED, 2
    if length == _TWO_BYTES:
        length, start = (data[2] << 8) | data[3], 4
    if size != start + 4 + length or not 0 <= data[1] - _MASKED <= _TWO_BYTES:
        return None
    return apply_mask(data[start + 4 :], data[start : start + 4])


def text_frame(message: bytes) -> bytes:
    """A final unmasked text frame, not compressed, which is always allowed. RFC 6455 §5.2 · RFC 7692 §6"""
    length = len(message)
    if length <= _SHORT:
        return bytes((_TEXT_AND_FINAL, length)) + message
    if length < 2**16:
        return bytes((_TEXT_AND_FINAL, _TWO_BYTES, length >> 8, length & 0xFF)) + message
    return bytes((_TEXT_AND_FINAL, 127)) + length.to_bytes(8, "big") + message
