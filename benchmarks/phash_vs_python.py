"""The Python side of phash-vs-python, and the judge: alternates between both programs and compares medians."""
import datetime
import os
import statistics
import subprocess
import sys
import time

import numpy
import PIL
import scipy
import scipy.fftpack
from PIL import Image

BATCHES, ROUNDS = 7, 5


def phash(image, hash_size=8, highfreq_factor=4):
    """imagehash.phash, as its published source computes it."""
    size = hash_size * highfreq_factor
    pixels = numpy.asarray(image.convert('L').resize((size, size), Image.Resampling.LANCZOS))
    dct = scipy.fftpack.dct(scipy.fftpack.dct(pixels, axis=0), axis=1)
    low = dct[:hash_size, :hash_size]
    bits = low > numpy.median(low)
    return ''.join(f'{int("".join(str(int(b)) for b in bits.flatten()[i:i + 4]), 2):x}' for i in range(0, 64, 4))


def python_rounds(path, rounds):
    times = []
    for i in range(-1, rounds):
        start = time.perf_counter()
        image = Image.open(path)
        image.load()
        decode = time.perf_counter() - start
        start = time.perf_counter()
        result = phash(image)
        hashing = time.perf_counter() - start
        if i >= 0:
            times.append((decode * 1e3, hashing * 1e3))
    return times, result


def tectra_rounds(program, path, rounds):
    lines = subprocess.run(['dotnet', program, 'phash', path, str(rounds)], check=True, capture_output=True, text=True).stdout.split('\n')
    rows = [line.split() for line in lines if ' ' in line]
    return [(float(a), float(b)) for a, b in rows], [line for line in lines if line and ' ' not in line][-1]


def main():
    path, program, output = sys.argv[1:4]
    own, other = [], []
    for _ in range(BATCHES):
        times, theirs = python_rounds(path, ROUNDS)
        other += times
        times, ours = tectra_rounds(program, path, ROUNDS)
        own += times
        assert ours == theirs, f'the hashes differ: {ours} and {theirs}'
    median = lambda rows, pick: statistics.median(pick(row) for row in rows)
    parts = [('decode', lambda row: row[0]), ('hash, without decode', lambda row: row[1]), ('whole', lambda row: row[0] + row[1])]
    width, height = Image.open(path).size
    cpu = next((line.split(':')[1].strip() for line in open('/proc/cpuinfo') if line.startswith('model name')), 'unknown')
    lines = [
        '# Perceptual hash against Python', '',
        f'{os.path.basename(path)}, {width}×{height}; {datetime.date.today()}; {cpu}, {os.cpu_count()} cores; one thread each.',
        f'Python {sys.version.split()[0]}, Pillow {PIL.__version__}, numpy {numpy.__version__}, scipy {scipy.__version__}, imagehash 4.3\'s formula. '
        f'Medians of {BATCHES * ROUNDS} rounds, alternating in batches of {ROUNDS}, warm. Both give `{ours}`.', '',
        '| | Python, ms | Tectra, ms | times faster |', '| --- | ---: | ---: | ---: |']
    for name, pick in parts:
        lines.append(f'| {name} | {median(other, pick):.1f} | {median(own, pick):.1f} | **{median(other, pick) / median(own, pick):.2f}** |')
    lines += ['', 'Made by `benchmarks/phash-vs-python`.']
    text = '\n'.join(lines) + '\n'
    with open(output, 'w', encoding='utf-8') as f:
        f.write(text)
    print(text)


main()
