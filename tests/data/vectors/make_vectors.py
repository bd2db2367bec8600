#!/usr/bin/python3
"""Writes segment-chain.json and certificate.json: the product's own formats, made by an independent implementation
(hashlib, and Ed25519 of PyNaCl). Debian: python3-nacl. Deterministic: running it again changes nothing."""
import base64
import hashlib
import json
import os
import struct

import nacl.signing

HERE = os.path.dirname(os.path.abspath(__file__))


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


def pae(kind, payload):
    return b'DSSEv1 %d %s %d %s' % (len(kind.encode()), kind.encode(), len(payload), payload)


def certificate_case(name, user, org, metadata, parent, watermark, device):
    key = nacl.signing.SigningKey(hashlib.sha256(f'vector key {name}'.encode()).digest())
    public = key.verify_key.encode()
    sha = hashlib.sha256(f'original {name}'.encode()).hexdigest()
    phash = phashes(name, 1)[0]
    timestamp = '2026-11-20T16:06:07.089Z'
    message = f'{sha}|{phash}|{timestamp}|{user}'.encode()
    signature = key.sign(message).signature
    metadata_json = compact(metadata) if metadata else None
    certificate = {
        'type': 'https://tectra.vision/certificate/v1',
        'record_id': '01936b2c-0000-7000-8000-%012x' % len(name),
        'original_sha256': sha,
        'watermarked_sha256': hashlib.sha256(f'watermarked {name}'.encode()).hexdigest() if watermark else None,
        'perceptual_hash': phash,
        'width': 768,
        'height': 512,
        'media_type': 'image/png',
        'timestamp': timestamp,
        'user_id': user,
        'org_name': org,
        'org_type': 'ai_provider' if org else None,
        'key_name': 'production' if org else None,
        'public_key': public.hex(),
        'fingerprint_signature': signature.hex(),
        'origin_type': 'ai_generated_image',
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
    kind = 'application/vnd.tectra.certificate+json'
    payload = compact(certificate).encode()
    key_id = hashlib.sha256(public).hexdigest()[:16]
    envelope = {
        'payload': base64.b64encode(payload).decode(),
        'payloadType': kind,
        'signatures': [{'keyid': key_id, 'sig': base64.b64encode(key.sign(pae(kind, payload)).signature).decode()}],
    }
    ledger = nacl.signing.SigningKey(hashlib.sha256(b'vector ledger key').digest())
    root = '0x' + hashlib.sha256(f'root {name}'.encode()).hexdigest()
    ledger_message = f'tectra-ledger-1\n7\n{"11" * 32}\n{root}\n5\n{timestamp}\n{ledger.verify_key.encode().hex()}\n'.encode()
    return {
        'name': name,
        'secret': key.encode().hex(),
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
            'public_key': ledger.verify_key.encode().hex(), 'signature': ledger.sign(ledger_message).signature.hex(),
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
write('certificate.json', {
    'dsse_pae': {'type': 'http://example.com/HelloWorld', 'payload': 'hello world',
                 'encoding': 'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
                 'source': 'the example of the DSSE protocol specification'},
    'cases': [
        certificate_case('full', 'user-42', 'Acme AI Inc.', {'model': 'my-model-v3', 'prompt_hash': '9/+=ü€𝄞', 'quote': 'a "b" \\ c'},
                         '01936b2b-1111-7222-8333-444444444444', True, 'model-v3'),
        certificate_case('bare', 'ünïcode user', None, {}, None, False, None),
    ],
})
