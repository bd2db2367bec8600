#!/usr/bin/python3
"""Writes quality.json: PSNR and SSIM of pairs of the test images, computed with numpy and OpenCV.
Debian: python3-numpy, python3-opencv, python3-pil. Deterministic: running it again changes nothing."""
import json
import math
import os

import cv2
import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
ODD = os.path.join(HERE, '..', 'images', 'odd')
PAIRS = [('jpeg-444.jpg', 'jpeg-420.jpg'), ('jpeg-444.jpg', 'jpeg-q3-16bit-dqt.jpg'), ('jpeg-444.jpg', 'webp-lossy.webp'),
         ('png-gama.png', 'jpeg-q100-444.jpg'), ('png-gama.png', 'png-gama.png'), ('orientation-1.jpg', 'orientation-3.jpg')]


def load(name):
    return np.asarray(Image.open(os.path.join(ODD, name)).convert('RGB')).astype(np.float64)


def psnr(a, b):
    mean = np.mean((a - b) ** 2)
    return 99.0 if mean == 0 else 10 * math.log10(255 ** 2 / mean)


def ssim(a, b):
    """Wang et al. 2004 on luma, 11x11 Gaussian of sigma 1.5, no down-sampling, valid region."""
    x, y = (v @ np.array([0.299, 0.587, 0.114]) for v in (a, b))
    mean = lambda v: cv2.GaussianBlur(v, (11, 11), 1.5)[5:-5, 5:-5]
    mx, my = mean(x), mean(y)
    sx, sy, sxy = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(np.mean(((2 * mx * my + c1) * (2 * sxy + c2)) / ((mx * mx + my * my + c1) * (sx + sy + c2))))


cases = []
for first, second in PAIRS:
    a, b = load(first), load(second)
    cases.append({'first': first, 'second': second, 'psnr': round(psnr(a, b), 4), 'ssim': round(ssim(a, b), 6)})
with open(os.path.join(HERE, 'quality.json'), 'w', encoding='utf-8') as f:
    json.dump({'source': 'numpy and OpenCV, see make_quality.py', 'cases': cases}, f, indent=1)
    f.write('\n')
