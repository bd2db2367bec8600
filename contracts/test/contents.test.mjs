import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chain } from './chain.mjs';
import { Registry, word, zeroAddress, zeroWord } from './registry.mjs';

const chain = await Chain.start();
const [owner, registrar, other, stranger] = chain.accounts;
const content = word('content');
const key = word('key');
const picture = `0xc4c62e705bb94b17${'00'.repeat(24)}`;
const unknown = [zeroWord, zeroWord, '0x', 0n, zeroAddress, 0n, 0n];
const most = 2n ** 256n - 1n;

test('a content is returned with its claim, its registrar and its block, and announced', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const claimed = chain.nextTime - 5;
  const receipt = await registry.accepts(registrar, 'registerContent', [content, picture, key, claimed], {
    events: [['ContentRegistered', content, picture, registrar, key, BigInt(claimed)]],
  });
  assert.deepEqual(await registry.view('getContent', content), [
    content,
    picture,
    key,
    BigInt(claimed),
    registrar,
    BigInt(chain.time),
    BigInt(receipt.blockNumber),
  ]);
  assert.equal(await registry.view('isContentRegistered', content), true);
  assert.equal(await registry.view('isBatchRegistered', content), false, 'contents and batches keep apart');
});

test('an unknown content is all zero and empty', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(registrar, 'registerContent', [content, picture, key, 1]);
  for (const other of [zeroWord, word('other'), picture]) {
    assert.deepEqual(await registry.view('getContent', other), unknown);
    assert.equal(await registry.view('isContentRegistered', other), false);
  }
  assert.equal(await registry.view('contentCountByPerceptualHash', word('other')), 0n);
  assert.deepEqual(await registry.view('contentHashesByPerceptualHash', word('other'), 0, 10), []);
});

test('every shape of perceptual hash comes back as it was: in the first or last eight bytes, across, none', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const shapes = [zeroWord, word('all 32 bytes'), `0x${'ff'.repeat(32)}`];
  for (let bit = 0n; bit < 256n; bit += 21n) shapes.push(`0x${(1n << bit).toString(16).padStart(64, '0')}`);
  for (const bit of [0n, 63n, 64n, 191n, 192n, 255n]) shapes.push(`0x${((1n << bit) | 1n).toString(16).padStart(64, '0')}`);
  const [first, last] = ['c4c62e705bb94b17', 'ffffffffffffffff'];
  shapes.push(
    `0x${first}${'00'.repeat(24)}`,
    `0x${'00'.repeat(24)}${first}`,
    `0x${last}${'00'.repeat(24)}`,
    `0x${'00'.repeat(24)}${last}`,
  );
  shapes.push(`0x${first}${'00'.repeat(16)}${last}`);
  const distinct = [...new Set(shapes)];
  for (const shape of distinct) await registry.accepts(registrar, 'registerContent', [word(shape), shape, key, 1]);
  const contents = await registry.views(distinct.map(shape => ['getContent', word(shape)]));
  assert.deepEqual(
    contents.map(([, hash]) => hash),
    distinct,
  );
  const lists = await registry.views(distinct.map(shape => ['contentHashesByPerceptualHash', shape, 0, most]));
  assert.deepEqual(
    lists,
    distinct.map(shape => [word(shape)]),
  );
});

test('a content whose perceptual hash is new and has eight bytes takes two storage slots', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(registrar, 'registerContent', [word('first'), word('elsewhere'), key, 1]);
  for (const [name, hash, count] of [
    ['a', picture, 2],
    ['b', `0x${'00'.repeat(24)}c4c62e705bb94b17`, 2],
    ['c', word('long'), 3],
  ]) {
    const receipt = await registry.accepts(registrar, 'registerContent', [word(name), hash, key, 1]);
    assert.equal((await registry.changedSlots(receipt)).length, count, name);
  }
});

test('contents of a perceptual hash are paged, oldest first, and never beyond the end', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'addRegistrar', [other]);
  const all = [];
  for (let i = 0; i <= 12; i++) {
    const pages = [];
    for (const offset of [0n, 1n, 2n, 5n, 11n, 12n, 13n, 2n ** 128n, most]) {
      for (const limit of [0n, 1n, 2n, 5n, 12n, 13n, 2n ** 128n, most]) pages.push([offset, limit]);
    }
    const answers = await registry.views(pages.map(page => ['contentHashesByPerceptualHash', picture, ...page]));
    pages.forEach(([offset, limit], k) => {
      const end = offset + limit > 100n ? 100 : Number(offset + limit);
      assert.deepEqual(
        answers[k],
        offset > 100n ? [] : all.slice(Number(offset), end),
        `${all.length} contents, ${offset}, ${limit}`,
      );
    });
    assert.equal(await registry.view('contentCountByPerceptualHash', picture), BigInt(all.length));
    const from = i % 2 ? other : registrar;
    await registry.accepts(from, 'registerContent', [word(`content ${i}`), picture, key, 1]);
    all.push(word(`content ${i}`));
    // Its neighbours, which differ in one bit, have lists of their own.
    await registry.accepts(from, 'registerContent', [word(`neighbour ${i}`), picture.replace('0xc', '0xd'), key, 1]);
  }
});

test('a content is registered once, by whomever and with whatever', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(owner, 'addRegistrar', [other]);
  await registry.accepts(registrar, 'registerContent', [content, picture, key, 1]);
  const before = await registry.view('getContent', content);
  const reason = ['ContentAlreadyRegistered', content];
  await registry.refuses(reason, registrar, 'registerContent', [content, picture, key, 1]);
  await registry.refuses(reason, registrar, 'registerContent', [content, word('other'), word('another key'), 2]);
  await registry.refuses(reason, other, 'registerContent', [content, picture, key, 1]);
  assert.deepEqual(await registry.view('getContent', content), before);
  assert.equal(await registry.view('contentCountByPerceptualHash', picture), 1n);
  assert.equal(await registry.view('contentCountByPerceptualHash', word('other')), 0n);
});

test('a content and a batch may have the same hash', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(registrar, 'registerContent', [content, picture, key, 1]);
  await registry.accepts(registrar, 'registerBatch', [content, 7, key, 2]);
  assert.equal((await registry.view('getContent', content))[3], 1n);
  assert.equal((await registry.view('getBatch', content))[3], 2n);
});

test('only registrars register contents; owning the contract is not enough', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const caller of [owner, other, stranger]) {
    await registry.refuses(['NotRegistrar', caller], caller, 'registerContent', [content, picture, key, 1]);
  }
  assert.equal(await registry.view('isContentRegistered', content), false);
});

test('a zero content hash is refused', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.refuses(['InvalidContentHash'], registrar, 'registerContent', [zeroWord, picture, key, 1]);
});

test("a content's signer key has 32 bytes", async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  for (const length of [0, 31, 33]) {
    const reason = ['InvalidSignerPubKey', BigInt(length)];
    await registry.refuses(reason, registrar, 'registerContent', [content, picture, `0x${'ab'.repeat(length)}`, 1]);
  }
});

test("a content's claimed time may be 300 seconds ahead of the block", async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  const early = chain.nextTime;
  const reason = ['TimestampInFuture', BigInt(early + 301), BigInt(early)];
  await registry.refuses(reason, registrar, 'registerContent', [content, picture, key, early + 301], { time: early });
  const time = chain.nextTime;
  await registry.accepts(registrar, 'registerContent', [content, picture, key, time + 300], { time });
  assert.equal((await registry.view('getContent', content))[3], BigInt(time + 300));
});

test('batches and contents share the keys: a key that is known from one is known to the other', async () => {
  const registry = await Registry.deploy(chain, owner, registrar);
  await registry.accepts(registrar, 'registerContent', [content, picture, key, 1]);
  const receipt = await registry.accepts(registrar, 'registerBatch', [word('root'), 7, key, 2]);
  assert.equal((await registry.changedSlots(receipt)).length, 1);
  assert.equal((await registry.view('getBatch', word('root')))[2], key);
});
