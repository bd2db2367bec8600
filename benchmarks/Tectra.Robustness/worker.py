"""The Python side of Tectra.Robustness: attacks pictures, makes unmarked ones and draws contact sheets for the C# driver.

A message, either way, is a JSON object and a blob, each after its length in four bytes, least significant first. Requests
have an "op"; the answer has the operation's fields, or an "error" when the picture couldn't be made. Standard output
belongs to the protocol. Needs Debian's python3-numpy, python3-opencv, python3-pil.
"""
import importlib
import io
import json
import os
import platform
import signal
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cv2  # noqa: E402
import numpy as np  # noqa: E402
import PIL  # noqa: E402
from PIL import Image  # noqa: E402

import sheet  # noqa: E402
import trials  # noqa: E402

cv2.setNumThreads(1)  # a worker is one job
Image.MAX_IMAGE_PIXELS = None
loaded, rows = {}, []


def decode(blob):
    return np.asarray(Image.open(io.BytesIO(blob)).convert('RGB'))


def png(img, level=0):
    """Level 0: the driver only decodes it again."""
    b = io.BytesIO()
    Image.fromarray(img).save(b, 'PNG', compress_level=level)
    return b.getvalue()


def versions(request, blob):
    return {'python': platform.python_version(), 'numpy': np.__version__, 'opencv': cv2.__version__, 'pillow': PIL.__version__}, b''


def suite(request, blob):
    return {'attacks': [[a.name, a.group] for a in importlib.import_module(request['suite']).ATTACKS.values()]}, b''


def load(request, blob):
    img = decode(blob)
    loaded[request['slot']] = img
    return {'width': img.shape[1], 'height': img.shape[0]}, b''


def attack(request, blob):
    img = importlib.import_module(request['suite']).apply(request['name'], loaded['picture'], request['key'])
    return {'width': img.shape[1], 'height': img.shape[0]}, png(img)


def kinds(request, blob):
    return {'kinds': [{'name': k.name, 'weight': k.weight, 'photo': k.photo} for k in trials.KINDS.values()]}, b''


def readable(request, blob):
    """Whether a picture can serve as the photograph of a trial."""
    img = trials.photo(request['path'])
    return {'readable': min(img.shape[:2]) >= trials.SMALLEST}, b''


def trial(request, blob):
    img, detail = trials.make(request['kind'], request['trial'], request.get('path'), request.get('attack'))
    return {'width': img.shape[1], 'height': img.shape[0], 'detail': detail}, png(img)


def sheet_row(request, blob):
    rows.append(sheet.row(loaded['original'], loaded['marked'], request['label'], request.get('crop')))
    return {}, b''


def sheet_finish(request, blob):
    return {}, png(sheet.stack(rows), 9)


OPERATIONS = {f.__name__: f for f in (versions, suite, load, attack, kinds, readable, trial, sheet_row, sheet_finish)}


def read(stream):
    size = stream.read(4)
    if len(size) < 4:
        return None  # the driver has gone
    return stream.read(struct.unpack('<I', size)[0])


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver decides when it is over
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # so that no stray print gets between the messages
    while (header := read(incoming)) is not None:
        blob = read(incoming)
        request = json.loads(header)
        try:
            answer, result = OPERATIONS[request['op']](request, blob)
        except Exception as e:  # told to the driver, which knows what it was for
            answer, result = {'error': f'{type(e).__name__}: {e}'}, b''
        for part in (json.dumps(answer).encode(), result):
            outgoing.write(struct.pack('<I', len(part)))
            outgoing.write(part)
        outgoing.flush()


if __name__ == '__main__':
    main()
