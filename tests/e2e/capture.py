"""Writes every frame that enters a bridge into a file that packet viewers read, until SIGTERM.

A program of its own, because it runs inside the bridge's namespace: `capture.py FILE`. Says `ready`
when it listens.
"""

import signal
import socket
import struct
import sys
import time
from pathlib import Path

ETH_P_ALL = 3
PORT_PREFIX = "port"
"""What the bridge's ports are called; a frame is taken where it enters, and so once."""

FRAME_BYTES_MAX = 1 << 18
"""More than 64 KiB: the kernel hands on what a card would still have cut into packets."""

KERNEL_BUFFER_BYTES = 1 << 24
QUIET_S = 0.1
"""Seconds without a frame after which, when told to end, nothing more is on its way."""

PCAP_HEADER = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, FRAME_BYTES_MAX, 1)
"""libpcap's file format, version 2.4, Ethernet, times in microseconds."""

PCAP_RECORD = struct.Struct("=IIII")


def frames_of(capture: Path) -> list[bytes]:
    """The frames in a file that this program wrote; a last one that was cut off is left out."""
    raw = capture.read_bytes()
    at = len(PCAP_HEADER)
    frames: list[bytes] = []
    while at + PCAP_RECORD.size <= len(raw):
        length = PCAP_RECORD.unpack_from(raw, at)[2]
        at += PCAP_RECORD.size
        if at + length <= len(raw):
            frames.append(raw[at : at + length])
        at += length
    return frames


def main(file: str) -> None:
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as ear,
        Path(file).open("wb") as out,
    ):
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BUFFER_BYTES)
        ear.settimeout(QUIET_S)
        out.write(PCAP_HEADER)
        print("ready", flush=True)
        while True:
            try:
                frame, (interface, _protocol, kind, *_rest) = ear.recvfrom(FRAME_BYTES_MAX)
            except TimeoutError:
                if told:
                    return
                continue
            if interface.startswith(PORT_PREFIX) and kind != socket.PACKET_OUTGOING:
                second, nanosecond = divmod(time.time_ns(), 10**9)
                out.write(PCAP_RECORD.pack(second, nanosecond // 1000, len(frame), len(frame)))
                out.write(frame)


if __name__ == "__main__":
    main(sys.argv[1])
