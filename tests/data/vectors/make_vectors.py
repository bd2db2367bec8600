#!/usr/bin/python3
"""Writes segment-chain.json, video-fingerprint.json and certificate.json: the product's own formats, made by an independent
implementation (hashlib, and OpenSSL's Ed25519 by the package cryptography). Debian: python3-cryptography. Deterministic: running
it again changes nothing."""
import base64
import hashlib
import json
import os
import struct
from fractions import Fraction

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = os.path.dirname(os.path.abspath(__file__))


class SigningKey:
    def __init__(self, seed):
        self.seed = seed
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message):
        return self.private.sign(message)


def compact(value):
    """JSON without white space; characters beyond U+FFFF as two \\uXXXX escapes, everything else as itself."""
    text = json.dumps(value, separators=(',', ':'), ensure_ascii=False)
    return ''.join(c if ord(c) < 0x10000 else ''.join(f'\\u{u:04X}' for u in struct.unpack('>2H', c.encode('utf-16-be'))) for c in text)


def write(name, value):
    with open(os.path.join(HERE, name), 'w', encoding='utf-8') as f:
        json.dump(value, f, indent=1, ensure_ascii=False)
        f.write('\n')


def phashes(label, count):
    return [hashlib.sha256(f'{label}/{i}'.encode()).hexdigest()[:16] for i in range(count)]


def segment_chain(segments):
    previous, chain = bytes(32), []
    for frames in segments:
        message = b''.join(struct.pack('>Q', int(f, 16)) for f in frames) + previous
        previous = hashlib.sha256(message).digest()
        chain.append({'frames': frames, 'hash': previous.hex()})
    return chain


def majority(frames):
    """Bit by bit what most have; where as many have it as lack it, what the first has."""
    bits = [format(int(f, 16), '064b') for f in frames]
    counts = [sum(b[i] == '1' for b in bits) for i in range(64)]
    return '%016x' % int(''.join(('1' if 2 * c > len(bits) else '0') if 2 * c != len(bits) else bits[0][i] for i, c in enumerate(counts)), 2)


def pixel_digest(data):
    return hashlib.sha256(data).digest()[:12]


def leb128(number):
    text = b''
    while number > 127:
        text += bytes([number % 128 + 128])
        number //= 128
    return text + bytes([number])


def run_lengths(frames):
    runs = []
    for f in frames:
        if runs and runs[-1][0] == f:
            runs[-1][1] += 1
        else:
            runs.append([f, 0])
    return runs


def video_fingerprint(rate, duration_ms, frames):
    """Segments of five seconds, or one for each sample where samples are as far apart or farther. A frame's luma is taken to be the eight
    bytes of its perceptual hash."""
    per_second = Fraction(rate)
    length = max(Fraction(5), 1 / per_second)
    groups = {}
    for k, frame in enumerate(frames):
        groups.setdefault(int(k / per_second / length), []).append(frame)
    assert list(groups) == list(range(len(groups)))
    runs = run_lengths(frames)
    starts = [int(i * length * 1000) for i in groups]
    digests = [pixel_digest(b''.join(pixel_digest(bytes.fromhex(f)) for f in group)) for group in groups.values()]
    return {
        'sample_rate': rate, 'duration_ms': duration_ms, 'frame_count': len(frames), 'frames_and_repeats': ' '.join(f'{f}*{n}' for f, n in runs),
        'perceptual_hash': majority(frames), 'frames_base64': base64.b64encode(b''.join(bytes.fromhex(f) + leb128(n) for f, n in runs)).decode(),
        'pixel_digests_base64': base64.b64encode(b''.join(digests)).decode(),
        'segments': [
            {'start_ms': starts[i], 'end_ms': starts[i + 1] if i + 1 < len(starts) else max(duration_ms, starts[i]),
             'frame_count': len(segment['frames']), 'aggregate_phash': majority(segment['frames']), 'hash': segment['hash'], 'pixel_digest': digests[i].hex()}
            for i, segment in enumerate(segment_chain(list(groups.values())))],
    }


def video_document(video):
    return {
        'algorithm': 'tectra-segments-1', 'duration_ms': video['duration_ms'], 'sample_rate': video['sample_rate'],
        'frame_count': video['frame_count'], 'segment_count': len(video['segments']),
        'final_chain_hash': video['segments'][-1]['hash'], 'frames': video['frames_base64'], 'pixel_digests': video['pixel_digests_base64'],
    }


def pae(kind, payload):
    return b'DSSEv1 %d %s %d %s' % (len(kind.encode()), kind.encode(), len(payload), payload)


def certificate_case(name, user, org, metadata, parent, watermark, device, video=None):
    key = SigningKey(hashlib.sha256(f'vector key {name}'.encode()).digest())
    public = key.public
    sha = hashlib.sha256(f'original {name}'.encode()).hexdigest()
    phash = video['perceptual_hash'] if video else phashes(name, 1)[0]
    timestamp = '2026-11-20T16:06:07.089Z'
    message = f'{sha}|{phash}|{timestamp}|{user}'.encode()
    signature = key.sign(message)
    metadata_json = compact(metadata) if metadata else None
    certificate = {
        'type': f'https://tectra.vision/{"video-" if video else ""}certificate/v1',
        'record_id': '01936b2c-0000-7000-8000-%012x' % len(name),
        'original_sha256': sha,
        'watermarked_sha256': hashlib.sha256(f'watermarked {name}'.encode()).hexdigest() if watermark else None,
        'perceptual_hash': phash,
        'width': 768,
        'height': 512,
        'media_type': 'video/mp4' if video else 'image/png',
        'timestamp': timestamp,
        'user_id': user,
        'org_name': org,
        'org_type': 'ai_provider' if org else None,
        'key_name': 'production' if org else None,
        'public_key': public.hex(),
        'fingerprint_signature': signature.hex(),
        'origin_type': 'ai_generated_video' if video else 'ai_generated_image',
        'device_id': device,
        'metadata_sha256': hashlib.sha256(metadata_json.encode()).hexdigest() if metadata_json else None,
        'parent_record_id': parent,
        'algorithms': {
            'fingerprint': 'ed25519:sha256|phash|timestamp|user_id',
            'perceptual_hash': 'imagehash-phash-8-4',
            'watermark': 'tectra-tile-1' if watermark else None,
            'payload': 'sha256-16:fingerprint_signature',
            'leaf': 'oz-standard-merkle:bytes32,bytes32',
        },
    }
    if video:
        certificate['video'] = video_document(video)
    kind = 'application/vnd.tectra.certificate+json'
    payload = compact(certificate).encode()
    key_id = hashlib.sha256(public).hexdigest()[:16]
    envelope = {
        'payload': base64.b64encode(payload).decode(),
        'payloadType': kind,
        'signatures': [{'keyid': key_id, 'sig': base64.b64encode(key.sign(pae(kind, payload))).decode()}],
    }
    ledger = SigningKey(hashlib.sha256(b'vector ledger key').digest())
    root = '0x' + hashlib.sha256(f'root {name}'.encode()).hexdigest()
    ledger_message = f'tectra-ledger-1\n7\n{"11" * 32}\n{root}\n5\n{timestamp}\n{ledger.public.hex()}\n'.encode()
    return {
        'name': name,
        'secret': key.seed.hex(),
        'fingerprint_message': message.decode(),
        'fingerprint_signature': signature.hex(),
        'watermark_payload': hashlib.sha256(signature).hexdigest()[:32],
        'key_id': key_id,
        'metadata': metadata,
        'metadata_json': metadata_json,
        'certificate': certificate,
        'payload_utf8': payload.decode(),
        'payload_sha256': hashlib.sha256(payload).hexdigest(),
        'envelope_json': compact(envelope),
        'ledger': {
            'index': 7, 'previous_hash': '11' * 32, 'root': root, 'leaf_count': 5, 'timestamp': timestamp,
            'public_key': ledger.public.hex(), 'signature': ledger.sign(ledger_message).hex(),
            'hash': hashlib.sha256(ledger_message).hexdigest(),
        },
    }


write('segment-chain.json', {
    'rule': 'hash[i] = SHA256(ph_0 || ... || ph_k || hash[i-1]); ph as 8 big-endian bytes; 32 zero bytes before the first',
    'cases': [
        {'name': 'one segment of one frame', 'segments': segment_chain([phashes('a', 1)])},
        {'name': 'one segment of five frames', 'segments': segment_chain([phashes('b', 5)])},
        {'name': 'seven segments, the last one short', 'segments': segment_chain([phashes(f'c{i}', 5) for i in range(6)] + [phashes('c6', 2)])},
        {'name': 'equal frames, different places', 'segments': segment_chain([['00000000000000ff']] * 3)},
    ],
})
VIDEOS = [
    ('one frame', video_fingerprint('1/1', 40, phashes('v0', 1))),
    ('twelve seconds', video_fingerprint('1/1', 12_480, phashes('v1', 13))),
    ('runs of many lengths', video_fingerprint('60/1', 64_800, [
        f for i, n in enumerate([1, 2, 127, 128, 129, 1000, 2500]) for f in phashes(f'v2{i}', 1) * n])),
    ('a hash again after another', video_fingerprint('8/1', 3_000, phashes('v3', 2) * 12)),
    ('segments of one sample', video_fingerprint('1/5', 23_000, phashes('v4', 5))),
    ('samples seven to a minute', video_fingerprint('7/60', 70_000, phashes('v5', 9))),
    ('samples that do not fill a segment evenly', video_fingerprint('7/3', 16_000, phashes('v6', 37))),
    ('sixty a second', video_fingerprint('60/1', 11_000, phashes('v7', 660))),
    ('one an hour', video_fingerprint('1/3600', 10_800_000, phashes('v8', 4))),
    ('a last sample after the end', video_fingerprint('1/2', 9_000, phashes('v9', 6))),
    ('ties of the majority', video_fingerprint('1/1', 4_000, ['ff00ff00ff00ff00', '00ffff0000ffff00', 'ffffffff00000000', '0123456789abcdef'])),
]
write('video-fingerprint.json', {'cases': [{'name': name, **video} for name, video in VIDEOS]})
write('certificate.json', {
    'dsse_pae': {'type': 'http://example.com/HelloWorld', 'payload': 'hello world',
                 'encoding': 'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
                 'source': 'the example of the DSSE protocol specification'},
    'cases': [
        certificate_case('full', 'user-42', 'Acme AI Inc.', {'model': 'my-model-v3', 'prompt_hash': '9/+=ü€𝄞', 'quote': 'a "b" \\ c'},
                         '01936b2b-1111-7222-8333-444444444444', True, 'model-v3'),
        certificate_case('bare', 'ünïcode user', None, {}, None, False, None),
        certificate_case('video', 'user-42', 'Acme AI Inc.', {'model': 'my-model-v3'}, None, False, None, VIDEOS[3][1]),
    ],
})
