"""
What happens to camera-sized pictures (8 megapixels and more) on their way through social networks, messengers and screens.
The same form as attacks.py: ATTACKS, apply, psnr, ssim.
"""
import os
import sys
import zlib
from collections import OrderedDict

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from attacks import Attack, browser_canvas, crop_area, jpeg, limit_long_side, psnr, resize_to, rotate_autocrop, ssim  # noqa: E402, F401

ATTACKS: "OrderedDict[str, Attack]" = OrderedDict()


def attack(name, group):
    def add(fn):
        assert name not in ATTACKS, name
        ATTACKS[name] = Attack(name, group, fn)
        return fn
    return add


def apply(name, img, key=''):
    """Deterministic: same (name, key, img) -> same output."""
    seed = zlib.crc32(f'{name}|{key}'.encode())
    out = ATTACKS[name].fn(img, np.random.default_rng(seed))
    assert out.dtype == np.uint8 and out.ndim == 3 and out.shape[2] == 3
    return np.ascontiguousarray(out)


def wide(img, w):
    return resize_to(img, w, round(img.shape[0] * w / img.shape[1]), 'bilinear')


attack('none', 'identity')(lambda im, r: im.copy())
attack('jpeg60', 'jpeg')(lambda im, r: jpeg(im, 60))
attack('jpeg30', 'jpeg')(lambda im, r: jpeg(im, 30))

for _n, _q in ((1080, 70), (1080, 40), (1600, 70), (2048, 80)):
    attack(f'social{_n}_q{_q}', 'social')(lambda im, r, n=_n, q=_q: jpeg(limit_long_side(im, n), q))
attack('social_2048_1600_1080', 'social')(
    lambda im, r: jpeg(limit_long_side(jpeg(limit_long_side(jpeg(limit_long_side(im, 2048), 80), 1600), 75), 1080), 70))

attack('thumb512', 'thumbnail')(lambda im, r: limit_long_side(im, 512))
attack('thumb512_q80', 'thumbnail')(lambda im, r: jpeg(limit_long_side(im, 512), 80))

attack('crop0.5_1080_q70', 'crop')(lambda im, r: jpeg(limit_long_side(crop_area(im, .5, r), 1080), 70))
attack('crop0.25_1080_q70', 'crop')(lambda im, r: jpeg(limit_long_side(crop_area(im, .25, r), 1080), 70))

attack('rot2_1080', 'rotate')(lambda im, r: limit_long_side(rotate_autocrop(im, 2 * (1 if r.random() < .5 else -1)), 1080))

for _w in (500, 700, 900):
    attack(f'screenshot_{_w}px', 'screenshot')(lambda im, r, w=_w: browser_canvas(wide(im, w), r))
