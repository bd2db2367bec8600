"""Contact sheets: original, marked and difference of each picture, or enlarged crops of its smoothest part."""
import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CELL = 420          # width of a cell of the overview
REGION = 192        # side of what is enlarged
GAP, BAR = 8, 26
PAPER, INK = (246, 246, 244), (32, 32, 32)


def font(size):
    for name in ('DejaVuSans.ttf', 'LiberationSans-Regular.ttf'):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            pass
    return ImageFont.load_default()  # small, but always there


def smoothest(img):
    """Where a mark would be seen first: the square of least gradient that is neither black nor burnt out."""
    side = min(REGION, *img.shape[:2])
    luma = cv2.cvtColor(img, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gradient = np.hypot(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1))
    clipped = ((luma < 16) | (luma > 244)).astype(np.float32) * 255
    cost = cv2.boxFilter(gradient + clipped, -1, (side, side), anchor=(0, 0))
    y, x = np.unravel_index(np.argmin(cost[:img.shape[0] - side + 1, :img.shape[1] - side + 1]), (img.shape[0] - side + 1, img.shape[1] - side + 1))
    return int(y), int(x), side


def row(original, marked, label, crop=None):
    """One strip of the sheet. crop: the enlargement in percent, or None for the whole picture."""
    difference = np.clip(128 + 16 * (marked.astype(np.int16) - original.astype(np.int16)), 0, 255).astype(np.uint8)
    if crop is None:
        height = max(1, round(original.shape[0] * CELL / original.shape[1]))
        # Averaging the difference while shrinking would hide it: it is shown as a crop of real pixels where it is too large.
        cells = [Image.fromarray(p).resize((CELL, height), Image.LANCZOS) for p in (original, marked)]
        cells.append(Image.fromarray(middle(difference, CELL, height)))
        titles = ['original', 'marked', 'difference ×16' + ('' if difference.shape[1] <= CELL else ' (centre, pixel for pixel)')]
    else:
        y, x, side = smoothest(original)
        shown = round(side * crop / 100)
        cells = [Image.fromarray(p[y:y + side, x:x + side]).resize((shown, shown), Image.NEAREST) for p in (original, marked)]
        titles = [f'original, {crop:g} %', f'marked, {crop:g} %']
    width, height = sum(c.width for c in cells) + GAP * (len(cells) + 1), cells[0].height + 2 * BAR
    strip = Image.new('RGB', (width, height), PAPER)
    draw = ImageDraw.Draw(strip)
    draw.text((GAP, 5), label, INK, font(14))
    left = GAP
    for cell, title in zip(cells, titles):
        draw.text((left, BAR + 5), title, INK, font(12))
        strip.paste(cell, (left, 2 * BAR))
        left += cell.width + GAP
    return strip


def middle(img, width, height):
    """The centre of a picture, or, of a smaller one, the whole of it enlarged."""
    if img.shape[1] < width or img.shape[0] < height:
        return np.asarray(Image.fromarray(img).resize((width, height), Image.NEAREST))
    y, x = (img.shape[0] - height) // 2, (img.shape[1] - width) // 2
    return img[y:y + height, x:x + width]


def stack(strips):
    out = Image.new('RGB', (max(s.width for s in strips), sum(s.height for s in strips) + GAP), PAPER)
    top = 0
    for s in strips:
        out.paste(s, (0, top))
        top += s.height
    return np.asarray(out)
