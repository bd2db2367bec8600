"""
Stand-ins for other watermarks, written from their published descriptions: a detector must not take them for its own.
Both work on the low band of a Haar wavelet, in 4×4 blocks under a DCT.
"""
import math

import cv2
import numpy as np

DCT = np.array([[math.sqrt((1 if u == 0 else 2) / 4) * math.cos((2 * x + 1) * u * math.pi / 8) for x in range(4)] for u in range(4)])


def haar(p):
    a, b, c, d = p[0::2, 0::2], p[0::2, 1::2], p[1::2, 0::2], p[1::2, 1::2]
    return (a + b + c + d) / 2, (a - b + c - d) / 2, (a + b - c - d) / 2, (a - b - c + d) / 2


def unhaar(ll, lh, hl, hh):
    p = np.empty((2 * ll.shape[0], 2 * ll.shape[1]))
    p[0::2, 0::2], p[0::2, 1::2] = (ll + lh + hl + hh) / 2, (ll - lh + hl - hh) / 2
    p[1::2, 0::2], p[1::2, 1::2] = (ll + lh - hl - hh) / 2, (ll - lh - hl + hh) / 2
    return p


def low_band_blocks(plane, change):
    """Applies `change` to the DCT blocks (n×4×4) of the plane's low band; what doesn't fill a block stays."""
    h, w = plane.shape[0] // 8 * 8, plane.shape[1] // 8 * 8
    ll, *high = haar(plane[:h, :w])
    blocks = ll.reshape(h // 8, 4, w // 8, 4).swapaxes(1, 2).reshape(-1, 4, 4)
    blocks = DCT.T @ change(DCT @ blocks @ DCT.T) @ DCT
    out = plane.copy()
    out[:h, :w] = unhaar(blocks.reshape(h // 8, w // 8, 4, 4).swapaxes(1, 2).reshape(h // 2, w // 2), *high)
    return out


def quantised(values, bits, step):
    """The quantisation index both use: a quarter of the step for 0, three quarters for 1."""
    return (np.floor(values / step) + .25 + .5 * bits) * step


def dwt_dct(img, rng, step=36):
    """As invisible-watermark's dwtDct: the largest AC coefficient of each chroma block carries one of 32 bits."""
    bits = rng.integers(0, 2, 32)

    def change(c):
        flat = c.reshape(-1, 16).copy()
        at = np.argmax(np.abs(flat[:, 1:]), axis=1) + 1
        i = np.arange(len(flat))
        values = flat[i, at]
        flat[i, at] = np.where(values < 0, -1, 1) * quantised(np.abs(values), bits[i % 32], step)
        return flat.reshape(-1, 4, 4)

    yuv = cv2.cvtColor(img, cv2.COLOR_RGB2YUV).astype(np.float64)
    yuv[..., 1] = low_band_blocks(yuv[..., 1], change)
    return cv2.cvtColor(np.clip(np.rint(yuv), 0, 255).astype(np.uint8), cv2.COLOR_YUV2RGB)


def dwt_dct_svd(img, rng, first=36, second=20):
    """As blind_watermark: the two largest singular values of each shuffled block, in all three channels."""
    bits = rng.integers(0, 2, 128)
    shuffle = rng.integers(1 << 31)

    def change(c):
        order = np.argsort(np.random.default_rng(shuffle).random((len(c), 16)), axis=1)
        shuffled = np.take_along_axis(c.reshape(-1, 16), order, axis=1).reshape(-1, 4, 4)
        u, s, v = np.linalg.svd(shuffled)
        b = bits[np.arange(len(c)) % 128]
        s[:, 0], s[:, 1] = quantised(s[:, 0], b, first), quantised(s[:, 1], b, second)
        flat = np.empty((len(c), 16))
        np.put_along_axis(flat, order, (u * s[:, None, :] @ v).reshape(-1, 16), axis=1)
        return flat.reshape(-1, 4, 4)

    yuv = cv2.cvtColor(img, cv2.COLOR_RGB2YUV).astype(np.float64)
    for k in range(3):
        yuv[..., k] = low_band_blocks(yuv[..., k], change)
    return cv2.cvtColor(np.clip(np.rint(yuv), 0, 255).astype(np.uint8), cv2.COLOR_YUV2RGB)
