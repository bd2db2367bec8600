"""
Unmarked pictures for counting false positives: photographs under every attack, and what might look like a watermark to a
detector that folds a picture onto tiles. Everything follows from the trial's number.
"""
import functools
import math
import zlib
from collections import OrderedDict, namedtuple

import cv2
import numpy as np
from PIL import Image

import attacks
import others

SMALLEST, LARGEST = 192, 1600  # smaller ones more often: they take less time, and chance is the same
Kind = namedtuple('Kind', 'name weight photo fn')
KINDS: "OrderedDict[str, Kind]" = OrderedDict()


def kind(name, weight, photo=False):
    """weight: how many of the schedule's slots it has. photo: whether it starts from a photograph."""
    def add(fn):
        KINDS[name] = Kind(name, weight, photo, fn)
        return fn
    return add


@functools.lru_cache(maxsize=32)
def photo(path):
    return attacks.limit_long_side(np.asarray(Image.open(path).convert('RGB')), LARGEST)


def make(name, trial, path=None, attack=None):
    """→ picture, what it is in words."""
    rng = np.random.default_rng([zlib.crc32(name.encode()), trial])
    if not KINDS[name].photo:
        w, h = (int(SMALLEST * (LARGEST / SMALLEST) ** rng.random() ** 2) for _ in range(2))
        return KINDS[name].fn(rng, w, h)
    img = photo(path)
    if rng.random() < .85:  # a part of it, at another size
        img = attacks.crop_area(img, rng.uniform(.4, 1), rng, .2)
        side = max(SMALLEST, int(max(img.shape[:2]) * rng.uniform(.25, .75)))
        img = attacks.limit_long_side(img, side)
    return KINDS[name].fn(rng, np.ascontiguousarray(img), attack)


@kind('photograph', 20, photo=True)
def _photograph(rng, img, attack):
    return attacks.apply(attack, img, str(rng.integers(1 << 31))), attack


def coloured(rng, plane, spread):
    """A plane of zero mean and unit deviation as a grey or a coloured picture."""
    if plane.ndim == 2:
        plane = np.repeat(plane[..., None], 3, axis=2)
    return attacks.to_u8(plane * spread + rng.uniform(80, 176))


def noise_shape(rng, w, h):
    return (h, w) if rng.random() < .5 else (h, w, 3)


@kind('gaussian noise', 2)
def _gaussian(rng, w, h):
    s = rng.uniform(2, 80)
    return coloured(rng, rng.standard_normal(noise_shape(rng, w, h)), s), f'deviation {s:.1f}'


@kind('uniform noise', 1)
def _uniform(rng, w, h):
    return coloured(rng, rng.uniform(-1, 1, noise_shape(rng, w, h)), 127), ''


@kind('pink noise', 2)
def _pink(rng, w, h):
    e = rng.uniform(.5, 1.6)
    f = np.hypot(np.fft.fftfreq(h)[:, None], np.fft.rfftfreq(w)[None])
    f[0, 0] = 1
    channels = []
    for _ in range(1 if rng.random() < .5 else 3):
        n = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((h, w))) / f ** e, (h, w))
        channels.append(n / n.std())
    return coloured(rng, channels[0] if len(channels) == 1 else np.dstack(channels), 50), f'1/f^{e:.2f}'


def gradient(rng, w, h):
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    if rng.random() < .5:
        a = rng.uniform(0, 2 * math.pi)
        t = x * math.cos(a) + y * math.sin(a)
    else:
        t = np.hypot(x - rng.uniform(0, w), y - rng.uniform(0, h))
    t = (t - t.min()) / max(1e-6, float(np.ptp(t)))
    a, b = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
    return a + t[..., None] * (b - a)


@kind('gradient', 2)
def _gradient(rng, w, h):
    s = rng.uniform(0, 2) if rng.random() < .5 else 0
    g = gradient(rng, w, h)
    return attacks.to_u8(g + rng.normal(0, s, g.shape) if s else g), f'dither {s:.1f}'


@kind('text page', 3)
def _text(rng, w, h):
    img = np.full((h, w, 3), 255, np.uint8)
    size, face = rng.uniform(.35, 1.2), int(rng.choice([0, 1, 2, 3, 4]))
    letters = np.array(list('abcdefghijklmnopqrstuvwxyz      ,.0123456789'))
    step = max(8, int(30 * size))
    for y in range(step, h, step):
        cv2.putText(img, ''.join(rng.choice(letters, 160)), (12, y), face, size, (20, 20, 20), 1 + int(size > .8), cv2.LINE_AA)
    return (255 - img if rng.random() < .25 else img), f'scale {size:.2f}'


@kind('ordered halftone', 2, photo=True)
def _ordered(rng, img, attack):
    n = int(rng.choice([2, 4, 8, 16]))
    bayer = np.zeros((1, 1))
    while len(bayer) < n:
        bayer = np.block([[4 * bayer, 4 * bayer + 2], [4 * bayer + 3, 4 * bayer + 1]])
    h, w = img.shape[:2]
    threshold = np.tile((bayer + .5) / n ** 2 * 255, (h // n + 1, w // n + 1))[:h, :w, None]
    source = img if rng.random() < .5 else attacks.gray(img)
    return np.where(source > threshold, 255, 0).astype(np.uint8), f'Bayer {n}'


@kind('diffused halftone', 1, photo=True)
def _diffused(rng, img, attack):
    if rng.random() < .5:
        return np.asarray(Image.fromarray(img).convert('1').convert('RGB')), 'black and white'
    return np.asarray(Image.fromarray(img).quantize(8, dither=Image.FLOYDSTEINBERG).convert('RGB')), '8 colours'


@kind('periodic', 8)
def _periodic(rng, w, h):
    """Exact periods are the worst for a detector that looks for repeated tiles; half of them are whole."""
    p = float(rng.integers(4, 161)) if rng.random() < .5 else rng.uniform(4, 160)
    if rng.random() < .3:
        p = float(rng.choice([8, 16, 32, 64, 128]))
    q = p if rng.random() < .7 else rng.uniform(4, 160)
    pattern = str(rng.choice(['checkerboard', 'stripes', 'grid', 'sine', 'tile', 'dots']))
    a = 0.0 if rng.random() < .6 else rng.uniform(0, math.pi)
    y, x = np.mgrid[0:h, 0:w].astype(np.float64)
    u, v = x * math.cos(a) + y * math.sin(a), y * math.cos(a) - x * math.sin(a)
    fu, fv = np.mod(u / p, 1), np.mod(v / q, 1)
    if pattern == 'checkerboard':
        t = (fu < .5) ^ (fv < .5)
    elif pattern == 'stripes':
        t = fu < .5
    elif pattern == 'grid':
        t = (fu * p < 1.5) | (fv * q < 1.5)
    elif pattern == 'sine':
        t = .5 + .25 * np.sin(2 * math.pi * fu) + .25 * np.sin(2 * math.pi * fv)
    elif pattern == 'dots':
        t = np.hypot(fu - .5, fv - .5) < .3
    else:
        tile = rng.random((max(2, int(q)), max(2, int(p))))
        t = tile[(fv * tile.shape[0]).astype(int), (fu * tile.shape[1]).astype(int)]
    low, span = rng.uniform(0, 120), rng.uniform(8, 135)
    img = low + span * t.astype(np.float64)
    if rng.random() < .3:
        img = img + rng.normal(0, rng.uniform(1, 12), img.shape)
    img = np.repeat(attacks.to_u8(img)[..., None], 3, axis=2)
    if rng.random() < .25:
        img = attacks.jpeg(img, int(rng.integers(20, 90)))
    return img, f'{pattern} {p:.1f}×{q:.1f} at {math.degrees(a):.0f}°'


@kind('JPEG blocks', 3, photo=True)
def _blocks(rng, img, attack):
    q = int(rng.integers(5, 11))
    return attacks.jpeg(img, q, int(rng.choice([0, 2]))), f'quality {q}'


@kind('flat colour', 1)
def _flat(rng, w, h):
    return np.full((h, w, 3), rng.integers(0, 256, 3), np.uint8), ''


def foreign(rng, img, mark):
    img = mark(img, rng)
    if rng.random() < .5:
        return img, 'as marked'
    q = int(rng.integers(50, 96))
    return attacks.jpeg(img, q), f'jpeg{q}'


@kind('other watermark: DWT-DCT', 3, photo=True)
def _dwt_dct(rng, img, attack):
    return foreign(rng, img, others.dwt_dct)


@kind('other watermark: DWT-DCT-SVD', 3, photo=True)
def _dwt_dct_svd(rng, img, attack):
    return foreign(rng, img, others.dwt_dct_svd)
